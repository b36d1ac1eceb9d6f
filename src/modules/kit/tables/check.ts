import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { TableLoadConfig } from './config.ts'
import { ownColumns } from './moves.ts'

/** What can be told of a load into a table from the columns of its input. @throws LogiDataError */
export function checkTableLoad(config: TableLoadConfig, columns: readonly Column[]): void {
  const find = (name: string) => columns.find((one) => one.name.toLowerCase() === name.toLowerCase())
  const require = (name: string, field: readonly (string | number)[]): Column => {
    const found = find(name)
    if (found) return found
    throw userError('column.not-found', `There is no column “${name}”.`, {
      field: [...field],
      ...didYouMean(
        name,
        columns.map((one) => one.name),
      ),
    })
  }
  for (const [at, name] of config.key.entries()) require(name, ['key', at])
  for (const [at, name] of config.parts.entries()) require(name, ['parts', at])
  for (const [at, index] of config.indexes.entries())
    for (const name of index.columns) require(name, ['indexes', at, 'columns'])
  if (config.mode === 'merge' && config.deleted_when !== undefined) {
    const { name, type } = require(config.deleted_when, ['deleted_when'])
    if (type !== 'BOOLEAN')
      throw userError('column.type', `“${name}” is ${type}; yes or no (BOOLEAN) is needed.`, {
        field: ['deleted_when'],
        hint: 'Make such a column before, by a formula for instance.',
      })
    if (config.key.some((key) => key.toLowerCase() === name.toLowerCase()))
      throw userError('column.key', `“${name}” cannot be part of the key as well.`, { field: ['deleted_when'] })
  }
  for (const { name } of ownColumns(config))
    if (find(name))
      throw userError('column.duplicate', `The mode ${config.mode} writes the column “${name}” itself.`, {
        field: ['mode'],
        hint: 'Drop or rename that column of the input, or name another column here.',
      })
}
