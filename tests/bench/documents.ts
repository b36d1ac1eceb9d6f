import type { JsonValue, PipelineDocument, PipelineNode } from '../../src/shared/pipeline/document.ts'

export type Step = readonly [type: string, config: Readonly<Record<string, JsonValue>>]

/** A pipeline that is one chain: each step reads the one before. Nodes are `n0`, `n1`, … */
export function chain(steps: readonly Step[]): PipelineDocument {
  const nodes: Record<string, PipelineNode> = {}
  steps.forEach(([type, config], index) => {
    nodes[`n${index}`] = { type, config: { ...config }, ...(index > 0 && { inputs: { in: `n${index - 1}` } }) }
  })
  return { format: 'logidata/v1', name: 'Benchmark', nodes }
}

export const flights: Step = ['extract.parquet', { path: 'data/flights.parquet' }]
export const filter = (condition: string): Step => ['transform.filter', { condition }]
export const formula = (name: string, expression: string): Step => [
  'transform.formula',
  { formulas: [{ name, expression }] },
]
export const aggregate = (
  groupBy: readonly string[],
  measures: readonly (readonly [name: string, fn: string, column: string])[],
): Step => [
  'transform.aggregate',
  { group_by: [...groupBy], measures: measures.map(([name, fn, column]) => ({ name, function: fn, column })) },
]
export const sort = (column: string): Step => ['transform.sort', { keys: [{ column, direction: 'desc' }] }]
export const toParquet = (path: string): Step => ['load.parquet', { path, mode: 'overwrite' }]
