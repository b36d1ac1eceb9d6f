import { createHash } from 'node:crypto'
import type { ResolvedNode } from '../../engine/resolve-pipeline.ts'
import type { ExtractModule, ParameterValue } from '../../modules/kit/contract.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'

const FORMAT = 1

/** Names what a node would read of its source, in whatever state that is: equal keys ask the same question of the same system. */
export function sourceKey(node: ExtractNode, connection: ResolvedConnection | undefined): string {
  const asked = connection && { type: connection.type, settings: sorted(connection.settings) }
  const parameters = [...namedParameters(node)].map(([name, { type, value }]) => [name, type, value])
  const text = JSON.stringify([FORMAT, node.type, node.module.descriptor.version, node.configText, parameters, asked])
  return digest(text)
}

/** The parameters that the config names as `$name`. */
export function namedParameters(node: ExtractNode): ReadonlyMap<string, ParameterValue> {
  return new Map([...node.parameters].filter(([name]) => new RegExp(`\\$${name}(?!\\w)`).test(node.configText)))
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

export type ExtractNode = ResolvedNode & { readonly module: ExtractModule }

/** @throws TypeError where it is another kind of node */
export function extractNode(node: ResolvedNode): ExtractNode {
  if (node.module?.kind !== 'extract') throw new TypeError(`${node.id} reads no source`)
  return { ...node, module: node.module as ExtractModule }
}

const sorted = (settings: Readonly<Record<string, unknown>>) =>
  Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1))
