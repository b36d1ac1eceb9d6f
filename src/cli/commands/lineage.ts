import { relative, resolve } from 'node:path'
import { grantedEnvironment } from '../../main/environment/granted-environment.ts'
import { exportLineage } from '../../main/lineage/export-lineage.ts'
import { ProjectLineage } from '../../main/lineage/project-lineage.ts'
import { userError } from '../../shared/errors.ts'
import type { LineageGraph } from '../../shared/lineage/graph.ts'
import type { Direction, Impact, LineageOverview, LineageRef } from '../../shared/lineage/project.ts'
import type { LineageFormat } from '../../shared/rpc/app/lineage.ts'
import type { CommandContext } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { nearestProject, projectRootOf } from '../project-root.ts'

export interface LineageOptions {
  readonly project?: string
  readonly env: readonly string[]
  readonly column?: string
  readonly upstream?: boolean
  readonly downstream?: boolean
  readonly format: 'text' | LineageFormat
}

/** `logidata lineage [PIPELINE] [--column …]`: where columns come from, and what depends on them. */
export async function lineage(
  file: string | undefined,
  options: LineageOptions,
  context: CommandContext,
): Promise<number> {
  const root = file === undefined ? projectHere(options.project) : projectRootOf(file, options.project)
  const engine = await context.engine()
  const grants = new Set(options.env)
  const project = new ProjectLineage({
    root,
    engine,
    environment: (document) => grantedEnvironment(document, grants, process.env),
  })
  const { signal, terminal } = context
  const graph = await project.graph({ signal })
  const pipeline = file === undefined ? undefined : relative(root, resolve(file)).replaceAll('\\', '/')
  if (pipeline !== undefined && !graph.pipelines.some(({ path }) => path === pipeline))
    throw userError('usage.file', `${file} is no pipeline of the project ${root}.`)
  const start = options.column !== undefined ? parseRef(options.column, pipeline, graph) : undefined
  const direction: Direction = options.upstream ? 'upstream' : 'downstream'

  if (options.format !== 'text') {
    const { text } = await exportLineage(project, root, { format: options.format, start, direction }, { signal })
    terminal.out.write(text)
  } else if (start) {
    const directions: Direction[] = options.upstream === options.downstream ? ['upstream', 'downstream'] : [direction]
    for (const one of directions) terminal.out.write(impactText(await project.impact(start, one, { signal })))
  } else {
    const overview = await project.overview([], { signal })
    const shown =
      pipeline === undefined ? overview.pipelines : overview.pipelines.filter(({ path }) => path === pipeline)
    terminal.out.write(overviewText(overview, shown, graph))
  }
  return EXIT.success
}

function projectHere(given: string | undefined): string {
  const root = given === undefined ? nearestProject(process.cwd()) : resolve(given)
  if (root === undefined)
    throw userError('usage.project', 'There is no project here.', { hint: 'Name its folder: --project DIR' })
  return root
}

/** `node.column`, `node.port.column`, `node`, or `dataset:PATH[.column]` written as `PATH:column`. */
function parseRef(text: string, pipeline: string | undefined, graph: LineageGraph): LineageRef {
  const colon = text.lastIndexOf(':')
  const path = colon < 0 ? text : text.slice(0, colon)
  const dataset = graph.datasets.get(path)
  if (dataset) return { dataset: dataset.id, ...(colon < 0 ? {} : { column: text.slice(colon + 1) }) }
  const [nodeId = '', ...rest] = text.split('.')
  const owners = graph.pipelines.filter(
    ({ path: own, lineage: found }) => (pipeline === undefined || own === pipeline) && found?.nodes[nodeId],
  )
  const [owner, another] = owners
  if (!owner)
    throw userError('usage.column', `There is no data set and no node “${colon < 0 ? nodeId : path}”.`, {
      hint: 'Write node.column, node.port.column, or FILE:column.',
    })
  if (another)
    throw userError('usage.column', `${owner.path} and ${another.path} both have a node “${nodeId}”.`, {
      hint: 'Name the pipeline before --column.',
    })
  const ports = owner.lineage?.nodes[nodeId]?.ports ?? {}
  const [first = '', ...others] = rest
  if (others.length > 0 && ports[first]) return { pipeline: owner.path, nodeId, port: first, column: others.join('.') }
  const port = Object.keys(ports)[0] ?? 'out'
  return { pipeline: owner.path, nodeId, port, ...(rest.length > 0 ? { column: rest.join('.') } : {}) }
}

function overviewText(overview: LineageOverview, shown: LineageOverview['pipelines'], graph: LineageGraph): string {
  const lines: string[] = []
  for (const { path, name, problem, nodes } of shown) {
    lines.push(`${path}  ${name}`)
    if (problem) lines.push(`  ! ${problem.nodeId === undefined ? '' : `${problem.nodeId}: `}${problem.message}`)
    for (const link of overview.links) {
      if (link.to === path) lines.push(`  reads   ${link.from}  (${link.nodeId})`)
      if (link.from === path) lines.push(`  writes  ${link.to}  (${link.nodeId})`)
    }
    const unknown = nodes.filter(({ basis }) => basis === 'table').map(({ nodeId }) => nodeId)
    if (unknown.length > 0) lines.push(`  known by table only: ${unknown.join(', ')}`)
  }
  const { vertices, edges } = graph.size
  lines.push(
    '',
    `${overview.pipelines.length} pipelines, ${overview.datasets.length} data sets; ${vertices} columns and tables, ${edges} dependencies.`,
  )
  return `${lines.join('\n')}\n`
}

function impactText({ start, direction, items, mentions }: Impact): string {
  const what = 'dataset' in start ? start.dataset : `${start.pipeline} ${start.nodeId}.${start.port}`
  const lines = [
    `${direction === 'upstream' ? 'Comes from' : 'Goes to'}: ${what}${start.column === undefined ? '' : ` ${start.column}`}`,
  ]
  for (const { dataset, pipeline, nodeId, port, columns, rows } of items) {
    const place = dataset ?? `${pipeline}  ${nodeId}.${port}`
    const direct = columns.filter((column) => column.direct).map(({ name, kinds }) => `${name}${kindText(kinds)}`)
    const indirect = columns.filter((column) => !column.direct).map(({ name, kinds }) => `${name}${kindText(kinds)}`)
    lines.push(`  ${place}`)
    if (direct.length > 0) lines.push(`    ${direct.join(', ')}`)
    if (indirect.length > 0)
      lines.push(`    ${direction === 'upstream' ? 'decided by' : 'decides'} ${indirect.join(', ')}`)
    if (rows && direction === 'downstream') lines.push('    which rows there are')
  }
  if (mentions.length > 0) lines.push('', 'Named in:')
  for (const { pipeline, nodeId, field, column, position } of mentions)
    lines.push(
      `  ${pipeline}${position ? `:${position.line}:${position.column}` : ''}  ${nodeId} ${field.join('.')}: ${column}`,
    )
  return `${lines.join('\n')}\n\n`
}

const kindText = (kinds: readonly string[]): string => {
  const told = kinds.filter((kind) => kind !== 'identity')
  return told.length === 0 ? '' : ` (${told.join(', ')})`
}
