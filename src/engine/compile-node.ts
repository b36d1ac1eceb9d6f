import type { CompiledPorts, InputRelation, ParameterValue, RelationModule } from '../modules/kit/contract.ts'
import { identifier, type Sql } from '../modules/kit/sql.ts'
import type { Column } from '../shared/engine/types.ts'
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
  readonly inputs: ReadonlyMap<string, { readonly name: Sql; readonly columns: readonly Column[] }>
}

/**
 * One SELECT per output port of a relation node.
 * @throws LogiDataError what the module refuses: an expression that does not parse, a column it needs and does not find.
 */
export function compileNode(request: CompileNodeRequest): CompiledPorts {
  const { node } = request
  const module = node.module
  if (module?.kind !== 'relation') throw new TypeError(`${node.id} does not compile to a relation`)
  const inputs = new Map<string, InputRelation>(request.inputs)
  return (module as RelationModule).compile({
    nodeId: node.id,
    config: node.config as never,
    inputs,
    parameters: request.parameters,
    facts: request.facts,
    ...(request.sampled ? { sampled: true } : {}),
  })
}

/** Over-cautious: a text that only looks like such a call costs a table, and changes nothing. */
const VOLATILE_CALL = /\b(random|uuid|uuidv4|uuidv7|gen_random_uuid|nextval)\s*\(/i

/** What it gives is not the same when it is computed again. */
export function isVolatile({ module, config, configText }: ResolvedNode): boolean {
  if (module?.kind !== 'relation' || config === undefined) return false
  return VOLATILE_CALL.test(configText) || (module as RelationModule).volatile?.(config as never) === true
}

export function isBlocking({ module, config }: ResolvedNode): boolean {
  if (module?.kind === 'process') return true
  if (module?.kind !== 'relation') return false
  const { blocking } = module as RelationModule
  return typeof blocking === 'function' ? config !== undefined && blocking(config as never) : blocking === true
}
