import { userError } from '../../../shared/errors.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { canonicalType } from '../../kit/files/column-type.ts'
import { readText } from '../../kit/files/read-text.ts'
import { identifier, joinSql, literal, raw, sql } from '../../kit/sql.ts'
import { inlineExtractDescriptor } from './descriptor.ts'

export const inlineExtract: RelationModule<typeof inlineExtractDescriptor, undefined> = {
  kind: 'relation',
  descriptor: inlineExtractDescriptor,

  async prepare({ config, session, nodeId }) {
    // A value that does not fit is told while the table is typed in, not when it runs.
    for (const [index, column] of config.columns.entries()) {
      const values = [...new Set(config.rows.flatMap((row) => (typeof row[index] === 'string' ? [row[index]] : [])))]
      if (values.length === 0 || canonicalType(column.type) === 'VARCHAR') continue
      const rows = joinSql(values.map((value) => sql`(${value})`))
      const bad = await session.query(
        sql`SELECT v FROM (VALUES ${rows}) AS given(v) WHERE ${readText(sql`trim(v)`, { ...column, leadingZeros: true })} IS NULL LIMIT 1`,
      )
      const value = bad.rows[0]?.[0]
      if (value === undefined || value === null) continue
      const row = config.rows.findIndex((candidate) => candidate[index] === value)
      throw userError(
        'inline.bad-value',
        `Row ${row + 1}, column ${column.name}: "${value}" is not exactly a ${canonicalType(column.type)}.`,
        { hint: 'Correct the value or choose another type.', nodeId, field: ['rows', row, index] },
      )
    }
    return undefined
  },

  compile({ config }) {
    const names = config.columns.map((_, index) => identifier(`c${index}`))
    const columns = config.columns.map((column, index) => {
      const name = names[index] ?? raw('NULL')
      const type = raw(canonicalType(column.type))
      const value =
        canonicalType(column.type) === 'VARCHAR'
          ? name
          : readText(sql`trim(${name})`, { ...column, leadingZeros: true })
      return sql`CAST(${value} AS ${type}) AS ${identifier(column.name)}`
    })
    // A table of no rows still needs its types: one row of NULLs that the filter drops.
    const rows = config.rows.length > 0 ? config.rows : [config.columns.map(() => null)]
    const values = rows.map((row) => sql`(${joinSql(row.map((cell) => sql`CAST(${literal(cell)} AS VARCHAR)`))})`)
    const filter = config.rows.length > 0 ? sql`` : sql` WHERE FALSE`
    return {
      out: sql`SELECT ${joinSql(columns)} FROM (VALUES ${joinSql(values)}) AS given(${joinSql(names)})${filter}`,
    }
  },

  size: () => ({ bytes: 0 }),
}
