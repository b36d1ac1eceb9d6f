import { userError } from '../../../shared/errors.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { nameKey, requireColumn, requireInput, sameName } from '../../kit/inputs.ts'
import { MANY_REPLACED } from '../../kit/replace-columns.ts'
import { identifier, joinSql, sql } from '../../kit/sql.ts'
import { renameDescriptor } from './descriptor.ts'
import { renamer } from './rules.ts'

export const rename: RelationModule<typeof renameDescriptor, undefined> = {
  kind: 'relation',
  descriptor: renameDescriptor,
  keepsRows: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const given = new Map<string, string>()
    config.names.forEach(({ column, name }, index) => {
      if (config.missing === 'ignore' && !input.columns.some((each) => sameName(each.name, column))) return
      const found = requireColumn(input.columns, column, ['names', index, 'column'])
      if (given.has(found.name))
        throw userError('rename.twice', `The column “${found.name}” is named twice.`, {
          field: ['names', index, 'column'],
        })
      given.set(found.name, name)
    })
    const names = new Map(input.columns.map(({ name }) => [name, given.get(name) ?? name]))
    config.rules.forEach((rule, index) => {
      const field = ['rules', index]
      const change = renamer(rule, field)
      const chooses = rule.columns.length > 0 || rule.pattern !== undefined || rule.kinds.length > 0
      for (const { name } of chooses ? selectColumns(rule, input.columns, field) : input.columns)
        if (!given.has(name)) names.set(name, change(names.get(name) ?? name))
    })
    checkNames(names)
    const changed = [...names].filter(([from, to]) => from !== to)
    if (changed.length === 0) return { out: sql`SELECT * FROM ${input.name}` }
    const renamed = ([from, to]: readonly [string, string]) =>
      from === to ? identifier(from) : sql`${identifier(from)} AS ${identifier(to)}`
    // As with REPLACE, DuckDB looks each of them up among all.
    if (changed.length >= MANY_REPLACED)
      return { out: sql`SELECT ${joinSql([...names].map(renamed))} FROM ${input.name}` }
    const list = joinSql(changed.map(renamed))
    return { out: sql`SELECT * RENAME (${list}) FROM ${input.name}` }
  },
}

/** @throws LogiDataError `rename.empty`, `rename.collision` with the columns that clash */
function checkNames(names: ReadonlyMap<string, string>): void {
  const taken = new Map<string, string>()
  for (const [from, to] of names) {
    if (to.trim() === '')
      throw userError('rename.empty', `Nothing would be left of the name “${from}”.`, {
        field: ['rules'],
        hint: 'Leave that column out of the rule, or name it in the list.',
      })
    if (to.includes('\0'))
      throw userError('rename.empty', `The name for “${from}” holds a character that no name may have.`, {
        field: ['rules'],
      })
    const other = taken.get(nameKey(to))
    if (other !== undefined)
      throw userError('rename.collision', `“${other}” and “${from}” would both be named “${to}”.`, {
        field: ['rules'],
        hint: 'Name one of them in the list, or drop it first.',
      })
    taken.set(nameKey(to), from)
  }
}
