import { userError } from '../../../shared/errors.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { type KeyPair, LEFT, nameRightColumns, of, RIGHT, resolvePair } from '../../kit/sides.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, isScalar } from '../../kit/types.ts'
import { candidates } from './blocks.ts'
import { type FuzzyJoinConfig, fuzzyJoinDescriptor } from './descriptor.ts'
import { derived, type ScoredMethod, score } from './score.ts'
import { cleaned, TOLERANCE } from './texts.ts'

interface Keys {
  readonly alike: readonly (KeyPair & { readonly method: ScoredMethod; readonly weight: number })[]
  readonly exact: readonly KeyPair[]
}

export const fuzzyJoin: RelationModule<typeof fuzzyJoinDescriptor, undefined> = {
  kind: 'relation',
  descriptor: fuzzyJoinDescriptor,
  blocking: true,
  compile: ({ config, inputs }) => {
    const left = requireInput(inputs, 'left')
    const right = requireInput(inputs, 'right')
    const keys = resolveKeys(config, left, right)
    const scores = [
      config.score_column,
      ...(config.key_scores ? keys.alike.map((_, index) => `${config.score_column}_${index + 1}`) : []),
    ]
    checkDistinctNames([...left.columns, ...scores.map((name) => ({ name }))], 'The result', ['score_column'])
    const names = nameRightColumns(config, [], left, right, scores)
    const best = bestMatches(config, keys, left, right)
    const onValues = joinSql(
      valuesOf(config, keys, LEFT, 'left').map(
        (value, index) => sql`${value} IS NOT DISTINCT FROM best.v${raw(String(index))}`,
      ),
      ' AND ',
    )
    const outputs = [
      sql`${LEFT}.*`,
      ...names.map(({ column, name }) => sql`best.${raw(`r${right.columns.indexOf(column)}`)} AS ${identifier(name)}`),
      ...scores.map(
        (name, index) => sql`best.${raw(index === 0 ? 'score' : `score${index - 1}`)} AS ${identifier(name)}`,
      ),
    ]
    const kept = raw(config.keep === 'all' ? 'LEFT' : 'INNER')
    const rightNames = right.columns.map((column, index) => sql`${raw(`r${index}`)} AS ${identifier(column.name)}`)
    return {
      match: sql`${best} SELECT ${joinSql(outputs)} FROM ${left.name} AS ${LEFT} ${kept} JOIN best ON ${onValues}`,
      left_rest: sql`${best} SELECT ${LEFT}.* FROM ${left.name} AS ${LEFT} ANTI JOIN best ON ${onValues}`,
      right_rest: sql`${best} SELECT ${joinSql(rightNames)} FROM rr WHERE row NOT IN (SELECT row FROM best)`,
    }
  },
}

function resolveKeys(config: FuzzyJoinConfig, left: InputRelation, right: InputRelation): Keys {
  const alike: Keys['alike'][number][] = []
  const exact: KeyPair[] = []
  config.keys.forEach(({ left: leftName, right: rightName, method, weight }, index) => {
    const field = ['keys', index]
    if (method === 'exact') {
      exact.push(resolvePair({ left: leftName, right: rightName }, left, right, field))
      return
    }
    const pair = {
      left: requireColumn(left.columns, leftName, [...field, 'left']),
      right: requireColumn(right.columns, rightName, [...field, 'right']),
    }
    for (const side of ['left', 'right'] as const) {
      const type = columnType(pair[side].type)
      if (type.kind !== 'enum' && !isScalar(type, 'VARCHAR', 'UUID', '"NULL"'))
        throw userError('fuzzy.not-text', `“${pair[side].name}” is ${pair[side].type}, and only texts are alike.`, {
          field: [...field, side],
          hint: 'Compare it as “Must be equal”, or cast it to VARCHAR first.',
        })
    }
    alike.push({ ...pair, method, weight })
  })
  if (alike.length === 0)
    throw userError('fuzzy.no-key', 'Nothing says which texts are to be alike.', {
      field: ['keys'],
      hint: exact.length > 0 ? 'For equal columns alone, take Join.' : 'Add a pair of columns.',
    })
  return { alike, exact }
}

/** The values that a row is compared by: first those to be equal, then the cleaned texts. */
function valuesOf(config: FuzzyJoinConfig, keys: Keys, side: Sql, which: 'left' | 'right'): Sql[] {
  return [
    ...keys.exact.map((key) => of(side, key[which])),
    ...keys.alike.map((key) => cleaned(of(side, key[which]), config)),
  ]
}

/**
 * `WITH` … up to the table `best`: the values of a left row (`v0`, …), the right row that matches (`row`, `r0`, …) and the score. Every
 * different combination of values is compared once, however many rows have it.
 */
function bestMatches(config: FuzzyJoinConfig, keys: Keys, left: InputRelation, right: InputRelation): Sql {
  const valueNames = [
    ...keys.exact.map((_, index) => raw(`e${index}`)),
    ...keys.alike.map((_, index) => raw(`c${index}`)),
  ]
  const named = (values: readonly Sql[]): Sql[] =>
    values.map((value, index) => sql`${value} AS ${valueNames[index] ?? raw('')}`)
  const methods = keys.alike.map((key) => key.method)
  const complete = [
    ...keys.exact.map((_, index) => sql`e${raw(String(index))} IS NOT NULL`),
    sql`coalesce(${joinSql(keys.alike.map((_, index) => raw(`c${index}`)))}) IS NOT NULL`,
  ]
  const values = (input: InputRelation, side: Sql, which: 'left' | 'right'): Sql =>
    methods.flatMap(derived).reduce(
      (from, columns) => sql`SELECT ${columns} FROM (${from})`,
      sql`SELECT row_number() OVER () AS id, ${joinSql(valueNames)} FROM (
      SELECT DISTINCT ${joinSql(named(valuesOf(config, keys, side, which)))} FROM ${input.name} AS ${side}
    ) WHERE ${joinSql(complete, ' AND ')}`,
    )
  const rows = sql`SELECT row_number() OVER () AS row, ${joinSql([
    ...named(valuesOf(config, keys, RIGHT, 'right')),
    ...right.columns.map((column, index) => sql`${of(RIGHT, column)} AS ${raw(`r${index}`)}`),
  ])} FROM ${right.name} AS ${RIGHT}`
  const total = keys.alike.reduce((sum, key) => sum + key.weight, 0)
  const keyScores = methods.map((method, index) => sql`${score(method, index)} AS ${raw(`score${index}`)}`)
  const mean =
    keys.alike.length === 1
      ? raw('score0')
      : sql`(${joinSql(
          keys.alike.map((key, index) => raw(`score${index} * ${key.weight}`)),
          ' + ',
        )}) / ${raw(String(total))}`
  const scored = sql`SELECT *, ${mean} AS score FROM (
      SELECT l.id AS l, ${joinSql([
        ...valueNames.map((name, index) => sql`l.${name} AS ${raw(`v${index}`)}`),
        ...valueNames.map((name, index) => sql`r.${name} AS ${raw(`u${index}`)}`),
        ...keyScores,
      ])}
      FROM (SELECT DISTINCT l, r FROM (${joinSql(
        candidates(config, methods, keys.exact.length).map((query) => sql`(${query})`),
        ' UNION ALL ',
      )})) AS pairs JOIN lv AS l ON l.id = pairs.l JOIN rv AS r ON r.id = pairs.r
    ) WHERE ${mean} + ${TOLERANCE} >= ${raw(String(config.threshold))}`
  const sameRow = joinSql(
    valueNames.map((name, index) => sql`rr.${name} IS NOT DISTINCT FROM scored.${raw(`u${index}`)}`),
    ' AND ',
  )
  const order = joinSql([
    raw('score DESC'),
    ...right.columns.map((_, index) => raw(`r${index} NULLS LAST`)),
    raw('row'),
  ])
  const most = config.matches === 'all' ? undefined : config.matches === 'best' ? 1 : config.count
  const chosen =
    most === undefined ? raw('') : sql` QUALIFY row_number() OVER (PARTITION BY l ORDER BY ${order}) <= ${most}`
  return sql`WITH lv AS MATERIALIZED (${values(left, LEFT, 'left')}),
    rv AS MATERIALIZED (${values(right, RIGHT, 'right')}),
    rr AS MATERIALIZED (${rows}),
    best AS MATERIALIZED (SELECT scored.*, rr.* FROM (${scored}) AS scored JOIN rr ON ${sameRow}${chosen})`
}
