import { columnWarnings, compileNode, sourcesText } from '../engine/compile-node.ts'
import { problemOf, warningProblem } from '../engine/problems.ts'
import type { ResolvedNode } from '../engine/resolve-pipeline.ts'
import type { CompiledPorts, LoadModule, ParameterValue, ProcessModule } from '../modules/kit/contract.ts'
import { didYouMean } from '../modules/kit/did-you-mean.ts'
import { identifier, raw, type Sql } from '../modules/kit/sql.ts'
import type { Column, Problem } from '../shared/engine/types.ts'
import { attribute } from './attribute.ts'
import { QueryError } from './duckdb-errors.ts'
import { parametersText } from './facts.ts'
import { SCHEMAS } from './lock-down.ts'
import type { ProjectSession } from './session.ts'
import type { SourceFacts } from './sources/sources.ts'
import { fold, unfold } from './unnamed-columns.ts'

export interface BoundNode {
  readonly ports: ReadonlyMap<string, readonly Column[]>
  /** Without `nodeId`: nodes of the same config share them. */
  readonly problems: readonly Problem[]
}

export interface BindRequest {
  readonly node: ResolvedNode
  readonly inputs: ReadonlyMap<string, readonly Column[]>
  readonly facts: unknown
  readonly factsKey: string
  readonly parameters: ReadonlyMap<string, ParameterValue>
}

const KEPT = 5_000

/**
 * Columns and errors of one node at a time, against empty tables that have the columns of its inputs. What it depends on is
 * its config and those columns alone, so an edit binds again only what the edit changes.
 */
export class Binder {
  readonly #session: ProjectSession
  readonly #bound = new Map<string, Promise<BoundNode>>()
  readonly #stubs = new Map<string, Promise<Sql>>()
  readonly #lists = new Map<string, readonly Column[]>()

  constructor(session: ProjectSession) {
    this.#session = session
  }

  /** @throws nothing but what a bug throws: what is wrong with the node is among the problems */
  async bind(request: BindRequest): Promise<BoundNode> {
    const [input, ...others] = request.inputs
    const { module, configText } = request.node
    if (!input || others.length > 0 || module?.kind !== 'relation' || !module.blindToUnnamed)
      return this.#known(request)
    const folded = fold(input[1], configText)
    if (!folded) return this.#known(request)
    const narrow = new Map([[input[0], this.#same(folded.columns)]])
    const bound = await this.#known({ ...request, inputs: narrow })
    // Hints name the columns that there are: of all of them, not of the folded ones.
    if (bound.problems.length > 0) return this.#known(request)
    const ports = [...bound.ports].map(([port, columns]) => [port, this.#same(unfold(columns, folded))] as const)
    return { ports: new Map(ports), problems: [] }
  }

  /** One array for equal lists, so that what is remembered of a list is found again. */
  #same(columns: readonly Column[]): readonly Column[] {
    const text = columnsText(columns)
    const known = this.#lists.get(text)
    if (known) return known
    if (this.#lists.size > KEPT) this.#lists.clear()
    this.#lists.set(text, columns)
    return columns
  }

  async #known(request: BindRequest): Promise<BoundNode> {
    const { node } = request
    const inputs = [...request.inputs].map(([port, columns]) => `${port}=${columnsText(columns)}`)
    const key = [
      node.type,
      node.configText,
      request.factsKey,
      parametersText(request.parameters),
      sourcesText(node),
      ...inputs,
    ].join('\0')
    let bound = this.#bound.get(key)
    if (!bound) {
      bound = this.#bind(request)
      this.#bound.set(key, bound)
      if (this.#bound.size > KEPT)
        for (const oldest of [...this.#bound.keys()].slice(0, KEPT / 5)) this.#bound.delete(oldest)
      bound.catch(() => this.#bound.delete(key))
    }
    return bound
  }

  async #bind(request: BindRequest): Promise<BoundNode> {
    const { node } = request
    if (node.module?.kind === 'load') return checkLoad(node.module, request)
    if (node.module?.kind === 'process') return declared(node.module, request)
    if (node.module?.kind === 'extract') return discoveredPorts(request)
    const inputs = new Map<string, { name: Sql; columns: readonly Column[] }>()
    for (const [port, columns] of request.inputs) inputs.set(port, { name: await this.stub(columns), columns })
    let compiled: CompiledPorts
    let warnings: Problem[]
    try {
      const compiling = { node, parameters: request.parameters, facts: request.facts, inputs }
      compiled = compileNode(compiling)
      warnings = columnWarnings(compiling).map((warning) => warningProblem(warning, node.id))
    } catch (thrown) {
      return { ports: new Map(), problems: [problemOf(attribute(thrown, node.config), node.id)] }
    }
    const bodies = Object.entries(compiled)
    const bound = (await this.#together(bodies)) ?? (await this.#onePerOne(bodies, request))
    return warnings.length > 0 ? { ...bound, problems: [...bound.problems, ...warnings] } : bound
  }

  /** All ports in one statement, since a statement costs more than a port. Undefined when one of them is wrong. */
  async #together(bodies: readonly (readonly [string, Sql])[]): Promise<BoundNode | undefined> {
    const [first] = bodies
    if (!first || bodies.length < 2) return undefined
    if (sameColumns(bodies.map(([, body]) => body.text))) {
      const columns = await this.#session.describe(first[1].text).catch(() => undefined)
      return columns && { ports: new Map(bodies.map(([port]) => [port, columns])), problems: [] }
    }
    const list = bodies.map((_, index) => `p${index}.*`).join(`, NULL AS "${MARK}", `)
    const from = bodies.map(([, body], index) => `(${body.text}) AS p${index}`).join(', ')
    try {
      const columns = await this.#session.describe(`SELECT ${list} FROM ${from}`)
      const ports = new Map<string, Column[]>()
      let index = 0
      for (const column of columns) {
        if (column.name === MARK) {
          index++
          continue
        }
        const port = bodies[index]?.[0] ?? ''
        ports.set(port, [...(ports.get(port) ?? []), column])
      }
      return ports.size === bodies.length ? { ports, problems: [] } : undefined
    } catch {
      return undefined
    }
  }

  async #onePerOne(bodies: readonly (readonly [string, Sql])[], request: BindRequest): Promise<BoundNode> {
    const ports = new Map<string, Column[]>()
    const problems: Problem[] = []
    for (const [port, body] of bodies) {
      try {
        ports.set(port, await this.#session.describe(body.text))
      } catch (thrown) {
        const problem = withNearest(problemOf(attribute(thrown, request.node.config), request.node.id), thrown, request)
        // The ports of one node share their expressions, and so their mistakes.
        if (!problems.some((other) => other.message === problem.message)) problems.push(problem)
      }
    }
    return { ports, problems }
  }

  /**
   * An empty relation with these columns.
   * @param twin inputs of equal columns share a table, unless they ask for one of their own
   */
  stub(columns: readonly Column[], twin = 0): Promise<Sql> {
    const key = `${twin === 0 ? '' : `${twin}\0`}${columnsText(columns)}`
    let stub = this.#stubs.get(key)
    if (!stub) {
      stub = this.#makeStub(`s${this.#stubs.size}`, columns)
      this.#stubs.set(key, stub)
      stub.catch(() => this.#stubs.delete(key))
    }
    return stub
  }

  async #makeStub(table: string, columns: readonly Column[]): Promise<Sql> {
    const name = raw(`${SCHEMAS.stubs}.${identifier(table).text}`)
    const names = columns.map((column) => identifier(column.name).text)
    // A query may have two columns that differ by case alone, or not at all; a table may not.
    const plain = new Set(columns.map((column) => column.name.toLowerCase())).size === columns.length
    const list = columns.map((column, index) => `${plain ? names[index] : `c${index}`} ${column.type}`).join(', ')
    await this.#session.define(`CREATE OR REPLACE TABLE ${name.text} (${list})`)
    return plain ? name : raw(`(FROM ${name.text} AS t(${names.join(', ')}))`)
  }
}

/** Ports that are rows of one relation, such as those of a filter: binding one of them is enough. */
function sameColumns(bodies: readonly string[]): boolean {
  const heads = bodies.map((body) => /^SELECT \* FROM ld_stubs\."s\d+" WHERE /.exec(body)?.[0])
  return heads[0] !== undefined && heads.every((head) => head === heads[0])
}

/** DuckDB names the columns near a missing one; these are all columns there are, which makes a better guess. */
function withNearest(problem: Problem, thrown: unknown, request: BindRequest): Problem {
  if (!(thrown instanceof QueryError) || thrown.failure.subtype !== 'COLUMN_NOT_FOUND') return problem
  const names = [...request.inputs.values()].flatMap((columns) => columns.map((column) => column.name))
  const meant = didYouMean(thrown.failure.name ?? '', names)
  if (meant.hint) return { ...problem, ...meant }
  const some = names.slice(0, 8).map((name) => `“${name}”`)
  return { ...problem, hint: `The columns here: ${some.join(', ')}${names.length > some.length ? ', …' : ''}.` }
}

const MARK = 'ld$next port'

const texts = new WeakMap<readonly Column[], string>()
function columnsText(columns: readonly Column[]): string {
  let text = texts.get(columns)
  if (text === undefined) {
    text = columns.map((column) => `${column.name}\t${column.type}`).join('\n')
    texts.set(columns, text)
  }
  return text
}

function declared(module: ProcessModule, { node, inputs, parameters }: BindRequest): BoundNode {
  try {
    const ports = Object.entries(module.columns({ config: node.config as never, inputs, parameters }))
    return { ports: new Map(ports), problems: [] }
  } catch (thrown) {
    return { ports: new Map(), problems: [problemOf(attribute(thrown, node.config), node.id)] }
  }
}

function discoveredPorts({ node, facts }: BindRequest): BoundNode {
  const { columns, rejected = [] } = (facts as SourceFacts).discovered
  return { ports: new Map(node.outputs.map((port, index) => [port, index === 0 ? columns : rejected])), problems: [] }
}

function checkLoad(module: LoadModule, request: BindRequest): BoundNode {
  const ports = request.inputs
  const [columns] = ports.values()
  if (!columns) return { ports, problems: [] }
  try {
    module.check?.(request.node.config as never, columns, ports)
    return { ports, problems: [] }
  } catch (thrown) {
    return { ports, problems: [problemOf(thrown, request.node.id)] }
  }
}
