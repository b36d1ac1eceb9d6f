import type { RelationModule } from '../../kit/contract.ts'
import { requireInput } from '../../kit/inputs.ts'
import { orderBy, plainKeys } from '../../kit/sort-keys.ts'
import { sql } from '../../kit/sql.ts'
import { sortDescriptor } from './descriptor.ts'

export const sort: RelationModule<typeof sortDescriptor, undefined> = {
  kind: 'relation',
  descriptor: sortDescriptor,
  blindToUnnamed: true,
  keepsRows: true,
  blocking: true,
  sortsBy: ({ keys }) => plainKeys(keys),
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    return {
      out: sql`SELECT * FROM ${input.name} ORDER BY ${orderBy(config.keys, input.columns, parameters, ['keys'])}`,
    }
  },
}
