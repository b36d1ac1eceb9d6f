import type { RelationModule } from '../../kit/contract.ts'
import { requireInput } from '../../kit/inputs.ts'
import { sql } from '../../kit/sql.ts'
import { outputDescriptor } from './descriptor.ts'

export const outputStep: RelationModule<typeof outputDescriptor, undefined> = {
  kind: 'relation',
  descriptor: outputDescriptor,
  keepsRows: true,
  blindToUnnamed: true,
  compile: ({ inputs }) => ({ out: sql`SELECT * FROM ${requireInput(inputs, 'in').name}` }),
}
