import type { draftContract } from '../../shared/rpc/app/drafts.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import type { Sessions } from '../sessions.ts'

export function draftHandlers(sessions: Sessions): Handlers<typeof draftContract> {
  const { client } = sessions.engine
  const projectRoot = () => sessions.current.project.root
  return {
    'modules.list': (_, context) => client.call('modules', {}, context),
    'functions.list': (_, context) => client.call('functions', {}, context),
    'draft.analyse': (input, context) => client.call('analyse', sessions.draft(input), context),
    'draft.preview': (input, context) => client.call('preview', sessions.draft(input), context),
    'draft.profile': (input, context) => client.call('profile', sessions.draft(input), context),
    'draft.sql': (input, context) => client.call('sql', sessions.draft(input), context),
    'draft.suggest': (input, context) => client.call('suggest', sessions.draft(input), context),
    'file.preview': ({ path }, context) => client.call('previewFile', { projectRoot: projectRoot(), path }, context),
    'file.detect': (input, context) => client.call('detect', { projectRoot: projectRoot(), ...input }, context),
  }
}
