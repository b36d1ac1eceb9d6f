import type { lineageContract } from '../../shared/rpc/app/lineage.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import { exportLineage } from '../lineage/export-lineage.ts'
import { ProjectLineage } from '../lineage/project-lineage.ts'
import type { Sessions } from '../sessions.ts'

export function lineageHandlers(sessions: Sessions): Handlers<typeof lineageContract> {
  const known = new Map<string, ProjectLineage>()
  const lineage = (): ProjectLineage => {
    const { root } = sessions.current.project
    let found = known.get(root)
    if (!found) {
      const environment = (document: Parameters<typeof sessions.draft>[0]['document']) =>
        sessions.draft({ document }).env
      found = new ProjectLineage({ root, engine: sessions.engine, environment })
      known.set(root, found)
    }
    return found
  }
  return {
    'lineage.project': ({ detail }, context) => lineage().overview(detail, context),
    'lineage.impact': ({ start, direction }, context) => lineage().impact(start, direction, context),
    'lineage.export': (request, context) => exportLineage(lineage(), sessions.current.project.root, request, context),
  }
}
