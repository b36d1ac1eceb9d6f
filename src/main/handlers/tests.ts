import { userError } from '../../shared/errors.ts'
import type { testContract } from '../../shared/rpc/app/tests.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import type { Sessions } from '../sessions.ts'
import { testFromPreview } from '../tests/from-preview.ts'
import { renameInTests } from '../tests/rename-in-tests.ts'
import { runTests } from '../tests/run-tests.ts'
import { TestFiles } from '../tests/test-files.ts'

export function testHandlers(sessions: Sessions): Handlers<typeof testContract> {
  const known = new Map<string, TestFiles>()
  const tests = (): TestFiles => {
    const { root } = sessions.current.project
    const files = known.get(root) ?? new TestFiles(root)
    known.set(root, files)
    return files
  }
  return {
    'tests.list': () => tests().list(),
    'tests.read': ({ path }) => tests().read(path),
    'tests.save': ({ path, revision, file, files }) => {
      if (path === undefined) return tests().create(file, { files })
      if (revision === undefined) throw userError('test.conflict', 'Say which revision of the file was changed.')
      return tests().save(path, revision, file)
    },
    'tests.fromPreview': (input, { signal }) =>
      testFromPreview({ ...sessions.draft(input), client: sessions.engine.client, signal }),
    'tests.renameColumns': async ({ pipeline, columns, dryRun }) => ({
      paths: await renameInTests(tests(), pipeline, columns, dryRun),
    }),
    'tests.remove': async ({ path }) => {
      await tests().remove(path)
      return {}
    },
    'tests.run': (input, { signal }) => {
      const { root, pipelines } = sessions.current.project
      const environment = (document: Parameters<typeof sessions.environment>[0]) => sessions.environment(document)
      return runTests({
        root,
        tests: tests(),
        pipelines,
        client: sessions.engine.client,
        environment,
        ...input,
        signal,
      })
    },
  }
}
