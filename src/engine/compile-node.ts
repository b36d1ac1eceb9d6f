import type {
  CompiledPorts,
  CompileRequest,
  InputRelation,
  ModuleWarning,
  ParameterValue,
  ProcessModule,
  RelationModule,
} from '../modules/kit/contract.ts'
import { identifier, type Sql } from '../modules/kit/sql.ts'
import type { PortRef, ResolvedNode } from './resolve-pipeline.ts'

/** What one port's result is called in a fused query. `$` cannot be in a node's key, so nothing else has this name. */
export const relationName = (ref: PortRef): Sql => identifier(`ld$${ref.nodeId}$${ref.port}`)

export interface CompileNodeRequest {
  readonly node: ResolvedNode
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly facts: unknown
  /** See `CompileRequest`. */
  readonly sampled?: boolean
  /** Per actual input port. */
  readonly inputs: ReadonlyMap<string, InputRelation>
}

/**
 * One SELECT per output port of a relation node.
 * @throws LogiDataError what the module refuses: an expression that does not parse, a column it needs and does not find.
 */
export function compileNode(request: CompileNodeRequest): CompiledPorts {
  return relationModule(request.node).compile(forModule(request))
}

/** What the columns of the inputs leave open. @throws LogiDataError as `compileNode` does */
export function columnWarnings(request: CompileNodeRequest): readonly ModuleWarning[] {
  const module = relationModule(request.node)
  return module.columnWarnings ? module.columnWarnings(forModule(request)) : []
}

/** The names of the nodes before it, where what it gives depends on them. */
export const sourcesText = (node: ResolvedNode): string =>
  usesSources(node) ? [...sourceNames(node)].map(([port, name]) => `${port}=${name}`).join('\0') : ''

function relationModule(node: ResolvedNode): RelationModule {
  if (node.module?.kind !== 'relation') throw new TypeError(`${node.id} does not compile to a relation`)
  return node.module as RelationModule
}

function forModule(request: CompileNodeRequest): CompileRequest<never> {
  const { node } = request
  const names = usesSources(node) ? sourceNames(node) : undefined
  const inputs = new Map<string, InputRelation>(request.inputs)
  if (names) for (const [port, input] of request.inputs) inputs.set(port, { ...input, source: names.get(port) ?? port })
  return {
    nodeId: node.id,
    config: node.config as never,
    inputs,
    parameters: request.parameters,
    facts: request.facts as never,
    ...(request.sampled ? { sampled: true } : {}),
  }
}

const usesSources = ({ module }: ResolvedNode): boolean =>
  module?.kind === 'relation' && (module as RelationModule).namesSources === true

/** Per input, the key of the node it reads, as its own document has it; with the port where it reads several of one node. */
export function sourceNames(node: ResolvedNode): Map<string, string> {
  const all = [...node.inputs]
  const severalOf = (nodeId: string): boolean =>
    new Set(all.filter(([, from]) => from.nodeId === nodeId).map(([, from]) => from.port)).size > 1
  return new Map(
    all.map(([port, from]) => {
      const key = from.nodeId.slice(from.nodeId.lastIndexOf('/') + 1)
      return [port, severalOf(from.nodeId) ? `${key}.${from.port}` : key]
    }),
  )
}

/** Over-cautious: a text that only looks like such a call costs a table, and changes nothing. */
const VOLATILE_CALL = /\b(random|uuid|uuidv4|uuidv7|gen_random_uuid|nextval)\s*\(/i

/** What it gives is not the same when it is computed again. */
export function isVolatile({ module, config, configText }: ResolvedNode): boolean {
  if (config === undefined) return false
  // Nobody knows what happens to it meanwhile.
  if (module?.kind === 'extract') return true
  if (module?.kind === 'process')
    return (module as ProcessModule).connection !== undefined || CODE_CHANCE.test(written(configText))
  if (module?.kind !== 'relation') return false
  return VOLATILE_CALL.test(written(configText)) || (module as RelationModule).volatile?.(config as never) === true
}

/** As over-cautious: it costs that a result of another run is not taken. */
const CLOCK_CALL =
  /\b(?:current_(?:date|time|timestamp|localtime|localtimestamp)|localtime(?:stamp)?)\b|\b(?:now|today|age|get_current_time(?:stamp)?|transaction_timestamp)\s*\(/i
const CODE_CHANCE = /\b(?:random|crypto)\b/
const CODE_CLOCK = /\b(?:Date|Temporal|performance)\b/

/** It asks for the time, in SQL or in code. */
export function usesClock({ module, config, configText }: ResolvedNode): boolean {
  if (config === undefined) return false
  if (module?.kind === 'process') return CODE_CLOCK.test(written(configText))
  if (module?.kind !== 'relation') return false
  return CLOCK_CALL.test(written(configText)) || (module as RelationModule).usesClock?.(config as never) === true
}

/** Without what JSON puts before a name: the end of a line, or a quotation mark. */
const written = (configText: string): string => configText.replace(/\\[nrt"]/g, ' ')

/** Its rows are no SQL: code computes them, or a source is asked for them over a connection. They are staged before anything reads them. */
export const isStaged = ({ module }: Pick<ResolvedNode, 'module'>): boolean =>
  module?.kind === 'process' || module?.kind === 'extract'

export function isBlocking({ module, config }: ResolvedNode): boolean {
  if (module?.kind === 'process') return true
  if (module?.kind !== 'relation') return false
  const { blocking } = module as RelationModule
  return typeof blocking === 'function' ? config !== undefined && blocking(config as never) : blocking === true
}

/** It is a file in columns. */
export const readsColumns = ({ module }: ResolvedNode): boolean =>
  module?.kind === 'relation' && (module as RelationModule).columnar === true

/** Which rows it takes depends on their order. */
export const choosesByPlace = ({ module }: ResolvedNode): boolean =>
  module?.kind === 'relation' && (module as RelationModule).byPlace === true
