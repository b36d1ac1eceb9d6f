import type { Column, NodeAnalysis } from '../../shared/engine/types.ts'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import type { Parameter } from '../../shared/pipeline/document.ts'
import type { FunctionInfo } from '../../shared/rpc/engine-contract.ts'
import type { Vocabulary } from '../expression/completion.ts'

/**
 * Columns that a field may speak of; undefined while they are unknown. A source has no input: its fields speak of the
 * columns that it reads.
 */
export function inputColumns(
  analysis: NodeAnalysis | undefined,
  info: ModuleInfo | undefined,
  port?: string,
): readonly Column[] | undefined {
  if (!analysis) return undefined
  if (port !== undefined && analysis.inputs[port]) return analysis.inputs[port]
  const ports = Object.entries(analysis.inputs)
  if (info && info.inputs.length === 0) return analysis.ports[info.outputs[0]?.name ?? ''] ?? undefined
  // A port of any number of inputs: `in` stands for `in_1`, `in_2`.
  const numbered = port === undefined ? ports : ports.filter(([name]) => name.startsWith(`${port}_`))
  if (port !== undefined && numbered.length === 0) return undefined
  return numbered.length === 0 ? undefined : unite(numbered.map(([, columns]) => columns))
}

function unite(lists: readonly (readonly Column[])[]): readonly Column[] {
  const seen = new Map<string, Column>()
  for (const column of lists.flat())
    if (!seen.has(column.name.toLowerCase())) seen.set(column.name.toLowerCase(), column)
  return [...seen.values()]
}

/** What an expression or a query of the node may use. */
export function nodeVocabulary(
  analysis: NodeAnalysis | undefined,
  info: ModuleInfo | undefined,
  port: string | undefined,
  parameters: Readonly<Record<string, Parameter>>,
  functions: readonly FunctionInfo[],
): Vocabulary {
  const several = Object.keys(analysis?.inputs ?? {}).length > 0 && port === undefined
  return {
    columns: inputColumns(analysis, info, port) ?? [],
    tables: several ? Object.entries(analysis?.inputs ?? {}).map(([name, columns]) => ({ name, columns })) : undefined,
    parameters,
    functions,
  }
}
