import type { Module } from '../../modules/kit/contract.ts'
import { didYouMean } from '../../modules/kit/did-you-mean.ts'
import { userError } from '../../shared/errors.ts'
import { outputPortsOf } from '../../shared/modules/ports.ts'
import {
  formatReference,
  type PipelineDocument,
  type PipelineNode,
  parseReference,
} from '../../shared/pipeline/document.ts'
import type { Given } from '../../shared/tests/test-file.ts'
import { GIVEN } from './given-module.ts'
import type { Tables, WholeTable } from './tables.ts'
import { tableOfFile, tableOfRows, typeNamed } from './text-rows.ts'

/**
 * The document with given rows in the place of what its nodes give. A node with one output becomes the rows; of one with several,
 * whoever reads the port that was given reads the rows, and the other ports stay as they are.
 * @returns also where an output is now
 * @throws LogiDataError `test.unknown-node`, and what is wrong with the rows
 */
export async function withGiven(
  document: PipelineDocument,
  given: Readonly<Record<string, Given>>,
  moduleOf: (type: string) => Module | undefined,
  tables: Tables,
): Promise<{ document: PipelineDocument; standIn: (output: string) => string }> {
  const nodes: Record<string, PipelineNode> = { ...document.nodes }
  const stands = new Map<string, string>()
  const ports = (node: PipelineNode): string[] => {
    const module = moduleOf(node.type)
    return module ? outputPortsOf(module.descriptor.outputs, node.config).map((port) => port.name) : []
  }
  for (const [output, rows] of Object.entries(given)) {
    const { nodeId, port } = parseReference(output)
    const node = document.nodes[nodeId]
    if (!node)
      throw userError('test.unknown-node', `Rows are given for “${nodeId}”, which the pipeline does not have.`, {
        ...didYouMean(nodeId, Object.keys(document.nodes)),
      })
    const names = ports(node)
    const wanted = port ?? names[0]
    if (wanted === undefined || !names.includes(wanted))
      throw userError('test.unknown-port', `Rows are given for “${output}”, but “${nodeId}” has no such output.`, {
        hint: names.length > 0 ? `Its outputs: ${names.join(', ')}.` : 'Give rows for the node that it reads.',
      })
    const stand = standFor(node, await givenTable(tables, output, rows))
    if (names.length === 1) nodes[nodeId] = stand
    else {
      const id = freeId(`${nodeId.slice(0, 40)}_${wanted.slice(0, 12)}_given`, nodes)
      nodes[id] = stand
      stands.set(`${nodeId}.${wanted}`, id)
      if (wanted === names[0]) stands.set(nodeId, id)
      for (const [reader, each] of Object.entries(nodes)) {
        const inputs = Object.entries(each.inputs ?? {}).map(([input, text]) => {
          const from = parseReference(text)
          const reads = from.nodeId === nodeId && (from.port ?? names[0]) === wanted
          return [input, reads ? formatReference({ nodeId: id }) : text]
        })
        if (each.inputs) nodes[reader] = { ...each, inputs: Object.fromEntries(inputs) }
      }
    }
  }
  return { document: { ...document, nodes }, standIn: (output) => stands.get(output) ?? output }
}

const standFor = ({ label }: PipelineNode, { name, columns }: WholeTable): PipelineNode => ({
  type: GIVEN,
  ...(label === undefined ? {} : { label }),
  config: { table: name, columns: columns.map((column) => column.name) },
})

async function givenTable(tables: Tables, output: string, given: Given): Promise<WholeTable> {
  const source = { what: `given ${output}` }
  if (given.file !== undefined) return tableOfFile(tables, given.file, given.columns, source, () => undefined)
  const columns = (given.columns ?? []).map(({ name, type }) => ({ name, type: typeNamed(type ?? 'VARCHAR', source) }))
  return tableOfRows(tables, columns, given.rows ?? [], source)
}

function freeId(wanted: string, nodes: Readonly<Record<string, unknown>>): string {
  let id = wanted
  for (let number = 2; Object.hasOwn(nodes, id); number++) id = `${wanted}_${number}`
  return id
}
