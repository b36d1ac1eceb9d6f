import { userError } from '../../../shared/errors.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { requireInput } from '../../kit/inputs.ts'
import { replaceColumns } from '../../kit/replace-columns.ts'
import { sql } from '../../kit/sql.ts'
import { columnType } from '../../kit/types.ts'
import { maskDescriptor } from './descriptor.ts'
import { masked } from './methods.ts'

export const mask: RelationModule<typeof maskDescriptor, undefined> = {
  kind: 'relation',
  descriptor: maskDescriptor,
  keepsRows: true,
  blocking: ({ masks }) => masks.some(({ method }) => method === 'shuffle'),
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const seen = new Set<string>()
    const values = config.masks.flatMap((item, index) => {
      const field = ['masks', index]
      return selectColumns(item, input.columns, field).map((column) => {
        if (seen.has(column.name))
          throw userError('mask.twice', `The column “${column.name}” is masked twice.`, {
            field,
            hint: 'Take it out of one of the two.',
          })
        seen.add(column.name)
        const value = masked(item, {
          column,
          type: columnType(column.type),
          key: config.key,
          columns: input.columns,
          field,
        })
        return { name: column.name, value }
      })
    })
    return { out: sql`SELECT ${replaceColumns(input.columns, values)} FROM ${input.name}` }
  },
}
