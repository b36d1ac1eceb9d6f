import { randomUUID } from 'node:crypto'
import { userError } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { draftContract } from '../../shared/rpc/app/drafts.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import { cursorsOf } from '../../shared/runs/cursors.ts'
import type { ModuleList } from '../module-list.ts'
import type { Sessions } from '../sessions.ts'

export function draftHandlers(sessions: Sessions, modules: ModuleList): Handlers<typeof draftContract> {
  const { client } = sessions.engine
  const projectRoot = () => sessions.current.project.root
  return {
    'modules.list': () => modules.get(),
    'functions.list': (_, context) => client.call('functions', {}, context),
    'draft.analyse': (input, context) => client.call('analyse', sessions.draft(input), context),
    'draft.preview': (input, context) => client.call('preview', sessions.draft(input), context),
    'draft.profile': (input, context) => client.call('profile', sessions.draft(input), context),
    'draft.sql': (input, context) => client.call('sql', sessions.draft(input), context),
    'draft.renameColumn': (input, context) => client.call('renameColumn', sessions.draft(input), context),
    'draft.suggest': (input, context) => client.call('suggest', sessions.draft(input), context),
    'draft.forecast': ({ path, ...input }, context) =>
      client.stream(
        'run',
        {
          ...sessions.draft(input),
          cursors: path === undefined ? {} : cursorsOf(sessions.current.runs.journal.cursors.list(path)),
          runId: `dry-${randomUUID()}`,
          dry: true,
          rowCounts: 'none',
          keepRejects: { rows: 0 },
        },
        context,
      ),
    'draft.keptSources': (input, context) => client.call('keptSources', sessions.draft(input), context),
    'draft.diff': async ({ document, parameters, against, againstNode, ...rest }, context) => {
      const other = against.kind === 'file' ? await readVersion(sessions, against.path) : against.document
      // A parameter that only one of the two versions has would be an error of the other.
      const given = (of: PipelineDocument) =>
        Object.fromEntries(Object.entries(parameters).filter(([name]) => Object.hasOwn(of.parameters ?? {}, name)))
      const version = (of: PipelineDocument) => ({
        document: of,
        parameters: given(of),
        env: sessions.environment(of),
      })
      const beforeNode = againstNode ? { beforeNode: againstNode } : {}
      const both = { before: version(other), after: version(document), ...beforeNode }
      return client.call('diff', { projectRoot: projectRoot(), ...rest, ...both }, context)
    },
    'file.preview': ({ path }, context) => client.call('previewFile', { projectRoot: projectRoot(), path }, context),
    'file.detect': (input, context) => client.call('detect', { projectRoot: projectRoot(), ...input }, context),
  }
}

async function readVersion(sessions: Sessions, path: string): Promise<PipelineDocument> {
  const { document, problems } = await sessions.current.project.pipelines.read(path)
  if (document && problems.every(({ severity }) => severity !== 'error')) return document
  throw userError('pipeline.invalid', `${path} cannot be compared: ${problems[0]?.message ?? 'it is no pipeline'}`)
}
