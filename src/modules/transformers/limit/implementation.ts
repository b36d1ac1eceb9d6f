import type { RelationModule } from '../../kit/contract.ts'
import { requireInput } from '../../kit/inputs.ts'
import { raw, sql } from '../../kit/sql.ts'
import { limitDescriptor } from './descriptor.ts'

export const limit: RelationModule<typeof limitDescriptor, undefined> = {
  kind: 'relation',
  descriptor: limitDescriptor,
  blindToUnnamed: true,
  byPlace: true,
  takesFirst: ({ rows, offset }) => ({ rows: rows + offset }),
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const offset = config.offset > 0 ? sql` OFFSET ${config.offset}` : raw('')
    return { out: sql`SELECT * FROM ${input.name} LIMIT ${config.rows}${offset}` }
  },
}
