import type { Column } from '../../../shared/engine/types.ts'
import type { CompiledPorts, CompileRequest, InputRelation, RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, freeName, nameKey, requireColumn, requireInput } from '../../kit/inputs.ts'
import { orderBy, type SortKey } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type DeduplicateConfig, deduplicateDescriptor } from './descriptor.ts'
import { similarRows } from './similar-rows.ts'

export const deduplicate: RelationModule<typeof deduplicateDescriptor, undefined> = {
  kind: 'relation',
  descriptor: deduplicateDescriptor,
  blocking: true,
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const keys = config.keys.map((key, index) => requireColumn(input.columns, key, ['keys', index]))
    const isWhole = keys.length === 0 && config.similar.length === 0
    const equal = (isWhole ? input.columns : keys).map((column) => compared(column, config))
    if (config.group_column !== undefined)
      checkDistinctNames([...input.columns, { name: config.group_column }], 'The result', ['group_column'])
    const byPosition = config.keep !== 'none' && config.order.length === 0
    if (byPosition && config.similar.length === 0 && config.group_column === undefined)
      return chosenByPosition(input, config, keys, equal, isWhole)

    const position = identifier(freeName('position', input.columns))
    // Counting without a partition numbers the rows as they come.
    const given = byPosition ? sql`(SELECT *, row_number() OVER () AS ${position} FROM ${input.name})` : input.name
    const { before, from, roots, added } = similarRows({ ...input, name: given }, config, equal)
    const helpers = byPosition ? [...added, position] : added
    const partition = joinSql([...equal, ...roots])
    const group = config.group_column
      ? sql`, dense_rank() OVER (ORDER BY ${partition}) AS ${identifier(config.group_column)}`
      : raw('')
    const all = helpers.length > 0 ? sql`* EXCLUDE (${joinSql(helpers)})` : raw('*')
    const where = (test: Sql): Sql => sql`${before}SELECT ${all}${group} FROM ${from} QUALIFY ${test}`
    if (config.keep === 'none') {
      const size = sql`count(*) OVER (PARTITION BY ${partition})`
      return { out: where(sql`${size} = 1`), duplicates: where(sql`${size} > 1`) }
    }
    const order = byPosition
      ? sql`${position} ${raw(config.keep === 'first' ? 'ASC' : 'DESC')}`
      : chosenOrder(config, input, parameters)
    const rank = sql`row_number() OVER (PARTITION BY ${partition} ORDER BY ${order})`
    return { out: where(sql`${rank} = 1`), duplicates: where(sql`${rank} > 1`) }
  },
}

/** Rows that are equal in the order are told apart by all their columns. */
function chosenOrder(
  { keep, order }: DeduplicateConfig,
  { columns }: InputRelation,
  parameters: CompileRequest<DeduplicateConfig>['parameters'],
): Sql {
  const keys = keep === 'first' ? order : order.map(reversed)
  const direction = raw(keep === 'first' ? 'ASC NULLS LAST' : 'DESC NULLS FIRST')
  const ties = columns.map((column) => sql`${identifier(column.name)} ${direction}`)
  return joinSql([orderBy(keys, columns, parameters, ['order']), ...ties])
}

/**
 * The number of its row alone is kept of each group: three times as fast as a window, and where groups held their rows, as `arg_min`
 * does, many of them would not fit into memory. A file in columns is read twice, for the numbers with their keys alone; other rows are
 * kept, which costs less than to test a second time which they are.
 */
function chosenByPosition(
  input: InputRelation,
  { keep, ignore }: DeduplicateConfig,
  keys: readonly Column[],
  equal: readonly Sql[],
  isWhole: boolean,
): CompiledPorts {
  const position = identifier(freeName('position', input.columns))
  const numbered = sql`SELECT *, row_number() OVER () AS ${position} FROM ${input.name}`
  const isQuick =
    input.columnar === true && !input.filtered && !keys.some(({ name }) => input.costly?.has(nameKey(name)))
  // The frame changes no number. It keeps DuckDB from taking both readings for one, which it would keep whole.
  const ownNumbers = sql`(SELECT *, row_number() OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS ${position} FROM ${input.name})`
  const [before, rows, numbers] =
    isQuick && !isWhole
      ? [raw(''), sql`(${numbered})`, ownNumbers]
      : [sql`WITH ${ROWS} AS MATERIALIZED (${numbered}) `, ROWS, ROWS]
  const best = sql`(SELECT ${raw(keep === 'first' ? 'min' : 'max')}(${position}) AS ${position} FROM ${numbers} GROUP BY ${joinSql(equal)})`
  const chosen = (join: 'SEMI' | 'ANTI'): Sql =>
    sql`${before}SELECT * EXCLUDE (${position}) FROM ${rows} AS numbered ${raw(join)} JOIN ${best} AS best USING (${position})`
  return {
    // Rows that are equal in everything need no choice.
    out: isWhole && ignore.length === 0 ? sql`SELECT DISTINCT * FROM ${input.name}` : chosen('SEMI'),
    duplicates: chosen('ANTI'),
  }
}

const ROWS = identifier('ld$rows')

/** What is the same in values that count as equal. */
function compared(column: Column, config: DeduplicateConfig): Sql {
  const value = identifier(column.name)
  if (column.type !== 'VARCHAR') return value
  const ignored = (what: DeduplicateConfig['ignore'][number], from: Sql, to: Sql): Sql =>
    config.ignore.includes(what) ? to : from
  const accents = ignored('accents', value, sql`strip_accents(${value})`)
  const small = ignored('case', accents, sql`lower(${accents})`)
  const plain = ignored('punctuation', small, sql`regexp_replace(${small}, '\\p{P}', '', 'g')`)
  return ignored('spaces', plain, sql`trim(regexp_replace(${plain}, '[\\s\\p{Z}]+', ' ', 'g'))`)
}

const reversed = (key: SortKey): SortKey => ({
  ...key,
  direction: key.direction === 'asc' ? 'desc' : 'asc',
  nulls: key.nulls === 'first' ? 'last' : 'first',
})
