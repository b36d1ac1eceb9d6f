import { nameKey, sameName } from '../../modules/kit/inputs.ts'
import type { Analysis, Column, NodeAnalysis, Problem } from '../../shared/engine/types.ts'
import { type LogiDataError, userError } from '../../shared/errors.ts'
import type { DocumentLineage } from '../../shared/lineage/types.ts'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { applyEdit } from '../../shared/pipeline/apply-edit.ts'
import type { JsonValue, PipelineDocument } from '../../shared/pipeline/document.ts'
import type { PipelineEdit } from '../../shared/pipeline/edits.ts'
import type { ColumnRename, ColumnUse, LookAt } from '../../shared/rename.ts'
import { renameInChecks } from './check-names.ts'
import { type ConfigRename, renameInConfig, textsOf, withValue } from './config-names.ts'
import { lineageDiffers } from './same-lineage.ts'
import type { Names, SqlInputs } from './sql-names.ts'

export interface RenameRequest {
  readonly document: PipelineDocument
  readonly nodeId: string
  /** Absent: the node's first. */
  readonly port?: string | undefined
  readonly column: string
  readonly to: string
}

/** What a rename asks of the engine: names are never guessed, but bound. */
export interface RenameEngine {
  readonly infoOf: (type: string) => Pick<ModuleInfo, 'fields'> | undefined
  readonly analyse: (document: PipelineDocument) => Promise<Analysis>
  readonly lineage: (document: PipelineDocument) => Promise<DocumentLineage>
  /** `json_serialize_sql` */
  readonly parse: (sql: string) => Promise<string>
}

/** Steps whose rows hold the names of columns. */
const NAMES_AS_DATA = new Set(['transform.unpivot', 'transform.transpose', 'transform.compare', 'transform.header'])
const ADDED = 'renamed'

/**
 * Renames a column of a node's output, with every use below. The names that ports have afterwards are those that DuckDB binds; what
 * depends on what must be as it was, which shows that no name was caught by something else.
 * @throws LogiDataError `rename.*` where it cannot be done; nothing is changed
 */
export async function renameColumn(request: RenameRequest, engine: RenameEngine): Promise<ColumnRename> {
  // Checks are rewritten last: until then they would be errors of their nodes.
  const bare = withoutChecks(request.document)
  const before = await engine.analyse(bare)
  const start = findColumn(request, before)
  const rename = new Rename(bare, before, engine)
  await rename.atSource(request.nodeId, start.port, start.index, start.column, request.to)
  await rename.downstream()
  return rename.result(request.document)
}

function findColumn({ document, nodeId, port: asked, column, to }: RenameRequest, analysis: Analysis) {
  if (!document.nodes[nodeId]) throw userError('rename.node', `The pipeline has no node “${nodeId}”.`)
  const node = analysis.nodes[nodeId]
  const port = asked ?? Object.keys(node?.ports ?? {})[0] ?? ''
  const columns = node?.ports[port]
  if (!columns)
    throw userError(
      'rename.no-columns',
      `The columns of “${nodeId}${asked === undefined ? '' : `.${asked}`}” are not known.`,
      {
        hint: 'Repair the errors of the step, and of those above it, first.',
      },
    )
  if (document.nodes[nodeId]?.type.startsWith('load.'))
    throw userError('rename.load', `“${nodeId}” only writes columns: rename it in the step that it reads.`)
  const exact = columns.findIndex(({ name }) => name === column)
  const index = exact >= 0 ? exact : columns.findIndex(({ name }) => sameName(name, column))
  const found = columns[index]
  if (!found)
    throw userError('rename.no-column', `“${nodeId}” has no column “${column}”.`, {
      hint: `It has: ${columns.map(({ name }) => name).join(', ')}`,
    })
  if (to.trim() === '' || to.includes('\0')) throw userError('rename.name', 'Give the column a name.')
  if (to === found.name) throw userError('rename.same', `The column is called “${to}” already.`)
  if (columns.some(({ name }, at) => at !== index && sameName(name, to)))
    throw userError('rename.taken', `“${nodeId}” has a column “${to}” already.`, {
      nodeId,
      hint: 'Choose another name.',
    })
  return { port, index, column: found.name }
}

class Rename {
  readonly #before: PipelineDocument
  readonly #analysisBefore: Analysis
  readonly #engine: RenameEngine
  readonly #uses: ColumnUse[] = []
  readonly #lookAt: LookAt[] = []
  readonly #edits: PipelineEdit[] = []
  #document: PipelineDocument
  #analysis: Analysis
  #added: string | undefined

  constructor(document: PipelineDocument, analysis: Analysis, engine: RenameEngine) {
    this.#before = document
    this.#document = document
    this.#analysisBefore = analysis
    this.#analysis = analysis
    this.#engine = engine
  }

  /** In the step that makes the name, where it does; else by a step of its own below. */
  async atSource(nodeId: string, port: string, index: number, column: string, to: string): Promise<void> {
    const config = (this.#before.nodes[nodeId]?.config ?? {}) as Record<string, JsonValue>
    for (const [path, changed] of ways(config, column, to)) {
      const document = applyEdit(this.#before, { kind: 'setConfig', nodeId, config: changed }).document
      const analysis = await this.#engine.analyse(document)
      const after = analysis.nodes[nodeId]
      if (!after || !sameBut(this.#analysisBefore.nodes[nodeId], after, port, index, to)) continue
      this.#edit({ kind: 'setConfig', nodeId, config: changed })
      this.#uses.push({ nodeId, part: 'config', field: [...path], before: column, after: to })
      this.#analysis = analysis
      return
    }
    this.#addStep(nodeId, port, column, to)
    this.#analysis = await this.#engine.analyse(this.#document)
    const added = this.#added === undefined ? undefined : this.#analysis.nodes[this.#added]
    const problem = added?.problems.find(({ severity }) => severity === 'error')
    if (problem) throw userError('rename.name', problem.message, { nodeId })
  }

  #addStep(nodeId: string, port: string, column: string, to: string): void {
    let id = ADDED
    for (let number = 2; Object.hasOwn(this.#before.nodes, id); number++) id = `${ADDED}_${number}`
    const [first] = Object.keys(this.#analysisBefore.nodes[nodeId]?.ports ?? {})
    const names = new Set([`${nodeId}.${port}`, ...(port === first ? [nodeId] : [])])
    const from = port === first ? nodeId : `${nodeId}.${port}`
    const place = this.#before.layout?.[nodeId]
    this.#edit({
      kind: 'addNode',
      nodeId: id,
      node: { type: 'transform.rename', inputs: { in: from }, config: { names: [{ column, name: to }] } },
      ...(place ? { position: [place[0] + 110, place[1] + 60] as [number, number] } : {}),
    })
    for (const [reader, node] of Object.entries(this.#before.nodes))
      for (const [input, reference] of Object.entries(node.inputs ?? {}))
        if (names.has(reference)) this.#edit({ kind: 'connect', nodeId: reader, port: input, from: id })
    this.#uses.push({ nodeId: id, part: 'config', field: ['names', 0, 'name'], before: column, after: to })
    this.#added = id
  }

  async downstream(): Promise<void> {
    for (const nodeId of inOrder(this.#before)) {
      const inputs = this.#inputsOf(nodeId)
      if ([...inputs.renamed.values()].every((names) => names.size === 0)) continue
      await this.#node(nodeId, inputs)
    }
    const lineages = [await this.#engine.lineage(this.#before), await this.#engine.lineage(this.#document)] as const
    const apart = lineageDiffers(...lineages, new Set(this.#lookAt.map(({ nodeId }) => nodeId)))
    if (apart !== undefined)
      throw userError('rename.caught', `In “${apart}” the new name would mean something else.`, {
        nodeId: apart,
        hint: 'Choose another name: the step uses this one for something of its own, such as an alias or a variable.',
      })
  }

  async #node(nodeId: string, inputs: SqlInputs): Promise<void> {
    const node = this.#before.nodes[nodeId]
    const before = this.#analysisBefore.nodes[nodeId]
    if (!node || !before) return
    const config = (node.config ?? {}) as Record<string, JsonValue>
    const fields = this.#engine.infoOf(node.type)?.fields ?? []
    const rewritten = await renameInConfig(fields, config, inputs, this.#engine.parse)
    const tried = await this.#try(nodeId, rewritten, inputs, before)
    const problem = tried && newProblem(before, tried.after)
    if (!tried || problem || !sameShape(before, tried.after)) {
      const code = fields.some(({ control }) => control === 'code' || control === 'sql')
      if (!code) throw refusal(nodeId, problem)
      const message = problem?.message ?? 'The columns of the step would be others.'
      this.#lookAt.push({ nodeId, field: [...(problem?.field ?? [])], message })
      return
    }
    if (tried.uses.length > 0) this.#edit({ kind: 'setConfig', nodeId, config: tried.config })
    for (const use of tried.uses) this.#uses.push({ nodeId, part: 'config', ...use })
    for (const { field, why } of rewritten.lookAt) this.#lookAt.push({ nodeId, field, message: WHY[why] })
    if (NAMES_AS_DATA.has(node.type))
      this.#lookAt.push({ nodeId, field: [], message: 'The rows of this step hold names of columns as values.' })
    this.#analysis = tried.analysis
  }

  /** What the form does not mark, the error names; a name that replaces a column goes with it. */
  async #try(nodeId: string, start: ConfigRename, { renamed }: SqlInputs, before: NodeAnalysis) {
    let { config } = start
    const uses = [...start.uses]
    const merged: Names = new Map([...renamed.values()].flatMap((names) => [...names]))
    for (let round = 0; round < 40; round++) {
      const document = applyEdit(this.#document, { kind: 'setConfig', nodeId, config }).document
      const analysis = await this.#engine.analyse(document)
      const after = analysis.nodes[nodeId]
      if (!after) return undefined
      const problem = newProblem(before, after)
      const result = { config, uses, analysis, after }
      if (!problem && sameShape(before, after)) return result
      const found = [...merged].flatMap(([from, to]) => textsOf(config, from).map((path) => ({ path, from, to })))
      const next = found.find(({ path }) =>
        problem?.field ? JSON.stringify(path) === JSON.stringify(problem.field) : path.at(-1) === 'name',
      )
      if (!next) return result
      config = withValue(config, next.path, next.to) as Record<string, JsonValue>
      uses.push({ field: [...next.path], before: next.from, after: next.to })
    }
    return undefined
  }

  #inputsOf(nodeId: string): SqlInputs {
    const before = this.#analysisBefore.nodes[nodeId]?.inputs ?? {}
    return { renamed: namesByPort(before, this.#analysis.nodes[nodeId]?.inputs ?? {}), columns: columnNames(before) }
  }

  #edit(edit: PipelineEdit): void {
    this.#document = applyEdit(this.#document, edit).document
    this.#edits.push(edit)
  }

  async result(original: PipelineDocument): Promise<ColumnRename> {
    for (const [nodeId, { checks }] of Object.entries(original.nodes)) {
      const [before, after] = [this.#analysisBefore.nodes[nodeId], this.#analysis.nodes[nodeId]]
      if (!checks || !before || !after) continue
      const renamed = namesByPort(before.ports, after.ports)
      const found = await renameInChecks(checks, renamed, columnNames(before.ports), this.#engine.parse)
      if (found.uses.length > 0) this.#edits.push({ kind: 'setChecks', nodeId, checks: found.checks })
      for (const use of found.uses) this.#uses.push({ nodeId, part: 'checks', ...use })
      for (const field of found.lookAt) this.#lookAt.push({ nodeId, field, message: WHY.pattern })
    }
    const whole = this.#edits.reduce((document, edit) => applyEdit(document, edit).document, original)
    const [first, last] = [await this.#engine.analyse(original), await this.#engine.analyse(whole)]
    const looked = new Set(this.#lookAt.map(({ nodeId }) => nodeId))
    for (const [nodeId, before] of Object.entries(first.nodes)) {
      const after = last.nodes[nodeId]
      const problem = after && newProblem(before, after)
      if (problem && looked.size === 0) throw refusal(nodeId, problem)
    }
    return { ...this.#found(), edits: this.#edits, uses: this.#uses, lookAt: this.#lookAt }
  }

  #found(): Pick<ColumnRename, 'added' | 'columns'> {
    const columns: Record<string, { from: string; to: string }[]> = {}
    for (const [nodeId, before] of Object.entries(this.#analysisBefore.nodes)) {
      const after = this.#analysis.nodes[nodeId]
      if (!after) continue
      for (const [port, list] of Object.entries(before.ports)) {
        const changed = list.flatMap(({ name }, index) => {
          const to = after.ports[port]?.[index]?.name
          return to === undefined || to === name ? [] : [{ from: name, to }]
        })
        if (changed.length > 0) columns[`${nodeId}.${port}`] = changed
      }
    }
    return { ...(this.#added === undefined ? {} : { added: this.#added }), columns }
  }
}

const WHY = {
  pattern: 'A pattern of names takes the column under one of its two names only.',
  code: 'The program holds the name; nothing in it was changed.',
  unreadable: 'The text cannot be parsed; nothing in it was changed.',
} as const

const refusal = (nodeId: string, problem: Problem | undefined): LogiDataError =>
  userError(
    'rename.breaks',
    `“${nodeId}” would not work any more: ${problem?.message ?? 'its columns would be others.'}`,
    {
      nodeId,
      hint: 'Choose another name, or change this step first. Nothing was renamed.',
    },
  )

/** The configs that may give the column its new name, most likely first: a name that is said once, a list of columns, a list of names. */
function* ways(
  config: Record<string, JsonValue>,
  column: string,
  to: string,
): Generator<[(string | number)[], Record<string, JsonValue>]> {
  const paths = textsOf(config, column)
  for (const path of [...paths].sort((a, b) => Number(a.at(-1) === 'column') - Number(b.at(-1) === 'column'))) {
    const last = path.at(-1)
    if (last === 'column' && path[0] === 'columns') {
      const at = [...path.slice(0, -1), 'name']
      yield [at, withValue(config, at, to) as Record<string, JsonValue>]
    } else yield [[...path], withValue(config, path, to) as Record<string, JsonValue>]
  }
  if (Array.isArray(config.names) || Array.isArray(config.rules)) {
    const names = Array.isArray(config.names) ? config.names : []
    yield [['names', names.length, 'name'], { ...config, names: [...names, { column, name: to }] }]
  }
}

/** Nothing but the name of one column is another, on every port. */
function sameBut(
  before: NodeAnalysis | undefined,
  after: NodeAnalysis,
  port: string,
  index: number,
  to: string,
): boolean {
  if (!before || newProblem(before, after) || !sameShape(before, after)) return false
  if (after.ports[port]?.[index]?.name !== to) return false
  return Object.entries(before.ports[port] ?? []).every(
    ([at, { name }]) => Number(at) === index || after.ports[port]?.[Number(at)]?.name === name,
  )
}

const sameShape = (before: NodeAnalysis, after: NodeAnalysis): boolean =>
  Object.entries(before.ports).every(([port, columns]) => {
    const now = after.ports[port]
    return now?.length === columns.length && columns.every(({ type }, index) => now[index]?.type === type)
  })

function newProblem(before: NodeAnalysis, after: NodeAnalysis): Problem | undefined {
  const known = new Set(before.problems.map(({ code }) => code))
  return after.problems.find(({ severity, code }) => severity === 'error' && !known.has(code))
}

type Ports = Readonly<Record<string, readonly Column[]>>
const columnNames = (ports: Ports) =>
  new Map(Object.entries(ports).map(([port, columns]) => [port, columns.map(({ name }) => name)]))

function namesByPort(before: Ports, after: Ports): Map<string, Names> {
  return new Map(
    Object.entries(before).map(([port, columns]) => {
      const now = after[port]
      if (now?.length !== columns.length) return [port, new Map()]
      const changed = columns.flatMap(({ name }, index): [string, string][] => {
        const to = now[index]?.name
        return to === undefined || to === name ? [] : [[nameKey(name), to]]
      })
      return [port, new Map(changed)]
    }),
  )
}

function withoutChecks(document: PipelineDocument): PipelineDocument {
  const nodes = Object.entries(document.nodes).map(([id, { checks: _checks, ...node }]) => [id, node] as const)
  return { ...document, nodes: Object.fromEntries(nodes) }
}

/** Nodes after all that they read. */
function inOrder({ nodes }: PipelineDocument): string[] {
  const order = new Set<string>()
  const visit = (id: string, above: ReadonlySet<string>): void => {
    if (order.has(id) || above.has(id)) return
    for (const reference of Object.values(nodes[id]?.inputs ?? {}))
      visit(reference.split('.')[0] ?? '', new Set([...above, id]))
    if (nodes[id]) order.add(id)
  }
  for (const id of Object.keys(nodes)) visit(id, new Set())
  return [...order]
}
