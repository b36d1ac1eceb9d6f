import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { toDot, toMermaid } from '../../shared/lineage/diagrams.ts'
import { openLineageJobs } from '../../shared/lineage/open-lineage.ts'
import type { Direction, LineageRef } from '../../shared/lineage/project.ts'
import { assertNever } from '../../shared/result.ts'
import type { LineageFormat } from '../../shared/rpc/app/lineage.ts'
import type { HandlerContext } from '../../shared/rpc/contract.ts'
import type { ProjectLineage } from './project-lineage.ts'

/** What a project's data sets and jobs are called beyond it: its folder, as a URL, as OpenLineage has it for files. */
export const namespaceOf = (root: string): string => pathToFileURL(root).href

/** The lineage of a project, or of what one column depends on, as a text for other programs. @throws LogiDataError */
export async function exportLineage(
  lineage: ProjectLineage,
  root: string,
  request: { format: LineageFormat; start?: LineageRef | undefined; direction?: Direction | undefined },
  context: Pick<HandlerContext, 'signal'>,
): Promise<{ text: string; fileName: string }> {
  const name = `${basename(root)}-lineage`
  const { format, start, direction = 'downstream' } = request
  const impact = start ? await lineage.impact(start, direction, context) : undefined
  switch (format) {
    case 'json': {
      if (impact) return { text: json(impact), fileName: `${name}.json` }
      const { pipelines, datasets } = await lineage.graph(context)
      return { text: json({ datasets: datasets.all, pipelines }), fileName: `${name}.json` }
    }
    case 'openlineage': {
      const { pipelines, datasets } = await lineage.graph(context)
      const jobs = openLineageJobs(pipelines, datasets, namespaceOf(root), new Date().toISOString())
      return { text: jobs.map((job) => `${JSON.stringify(job)}\n`).join(''), fileName: `${name}.ndjson` }
    }
    case 'mermaid':
      return { text: toMermaid(await lineage.overview([], context), impact?.items), fileName: `${name}.mmd` }
    case 'dot':
      return { text: toDot(await lineage.overview([], context), impact?.items), fileName: `${name}.dot` }
    default:
      return assertNever(format)
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
