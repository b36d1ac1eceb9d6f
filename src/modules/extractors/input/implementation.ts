import { agreedColumns } from '../../kit/agreed-columns.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkTypedRows, typedRows } from '../../kit/files/typed-rows.ts'
import { requireInput, sameName } from '../../kit/inputs.ts'
import { identifier, joinSql, sql } from '../../kit/sql.ts'
import { inputDescriptor } from './descriptor.ts'

export const inputExtract: RelationModule<typeof inputDescriptor, undefined> = {
  kind: 'relation',
  descriptor: inputDescriptor,
  async prepare({ config, session, nodeId }) {
    await checkTypedRows(config, session, nodeId)
    return undefined
  },
  compile: ({ nodeId, config, inputs }) => {
    // Inside of another pipeline the engine connects what that step reads.
    if (!inputs.has('in')) return { out: typedRows(config) }
    const input = requireInput(inputs, 'in')
    const agreed = agreedColumns(
      config.columns.map((column) => ({ ...column, required: false })),
      input.columns,
      { types: 'convert', missing: 'fail' },
    )
    const others = input.columns.filter(({ name }) => !config.columns.some((column) => sameName(column.name, name)))
    const values = [
      ...agreed.map((column) => sql`${column.orFail(nodeId)} AS ${identifier(column.name)}`),
      ...others.map(({ name }) => identifier(name)),
    ]
    return { out: sql`SELECT ${joinSql(values)} FROM ${input.name}` }
  },
  size: () => ({ bytes: 0 }),
}
