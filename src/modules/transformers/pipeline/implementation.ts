import { readFile } from 'node:fs/promises'
import { userError } from '../../../shared/errors.ts'
import { readPipeline } from '../../../shared/pipeline/read-pipeline.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { requireInput } from '../../kit/inputs.ts'
import { sql } from '../../kit/sql.ts'
import { pipelineDescriptor } from './descriptor.ts'

/** The engine puts the other pipeline's nodes behind this one: what is left to do here is to pass their ends on. */
export const pipelineStep: RelationModule<typeof pipelineDescriptor, undefined> = {
  kind: 'relation',
  descriptor: pipelineDescriptor,
  compile: ({ config, inputs }) =>
    Object.fromEntries(config.outputs.map(({ name }) => [name, sql`SELECT * FROM ${requireInput(inputs, name).name}`])),

  async detect({ config, files }) {
    const [file] = await files.inputs(config.path)
    const { document, problems } = readPipeline(file ? await readFile(file.path, 'utf8') : '')
    if (!document)
      throw userError('pipeline.unreadable', `${config.path}: ${problems[0]?.message ?? 'this is no pipeline'}`, {
        field: ['path'],
      })
    const named = (type: string) =>
      Object.entries(document.nodes).flatMap(([name, node]) => (node.type === type ? [{ name }] : []))
    const given = new Map(config.parameters.map(({ name, value }) => [name, value]))
    const parameters = Object.entries(document.parameters ?? {}).flatMap(([name, parameter]) => {
      const value = given.get(name) ?? parameter.default
      return value === undefined ? [] : [{ name, value }]
    })
    return {
      path: config.path,
      inputs: named('extract.input'),
      outputs: named('transform.output'),
      ...(parameters.length > 0 ? { parameters } : {}),
    }
  },
}
