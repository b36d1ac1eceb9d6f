import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { TableLoadConfig } from './config.ts'
import { ownColumns, steeringColumns } from './own-columns.ts'

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
  checkModeColumns(config, require)
  const steering = steeringColumns(config)
  const isWritten = (name: string) => find(name) && !steering.some((one) => same(one.column, name))
  for (const { name } of ownColumns(config))
    if (isWritten(name))
      throw userError('column.duplicate', `The mode ${config.mode} writes the column “${name}” itself.`, {
        field: ['mode'],
        hint: 'Drop or rename that column of the input, or name another column here.',
      })
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** Columns that options of a mode name. @throws LogiDataError */
function checkModeColumns(
  config: TableLoadConfig,
  require: (name: string, field: readonly (string | number)[]) => Column,
): void {
  const steering = steeringColumns(config)
  const written = (name: string, field: readonly (string | number)[]): void => {
    require(name, field)
    if (steering.some(({ column }) => same(column, name)))
      throw userError('column.key', `“${name}” is not written into the table, so nothing can be compared with it.`, {
        field: [...field],
        hint: 'Name another column.',
      })
  }
  if (config.mode === 'upsert' || config.mode === 'merge') {
    for (const [at, name] of config.update_columns.entries()) written(name, ['update_columns', at])
    if (config.newer_by !== undefined) written(config.newer_by, ['newer_by'])
  }
  if (config.mode !== 'history') return
  for (const [at, name] of config.version_columns.entries()) written(name, ['version_columns', at])
  if (config.hash_column !== undefined) written(config.hash_column, ['hash_column'])
  if (config.effective_column === undefined) return
  const { name, type } = require(config.effective_column, ['effective_column'])
  if (type !== 'DATE' && !type.startsWith('TIMESTAMP'))
    throw userError('column.type', `“${name}” is ${type}; a date or a time (DATE, TIMESTAMP) is needed.`, {
      field: ['effective_column'],
      hint: 'Change its type before this step.',
    })
  if (config.key.some((key) => same(key, name)))
    throw userError('column.key', `“${name}” cannot be part of the key as well.`, { field: ['effective_column'] })
}
