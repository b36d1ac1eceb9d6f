import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { type AddedColumn, withColumns } from '../../kit/add-columns.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { freeName, nameKey, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, integerType, isFloat, type SqlType } from '../../kit/types.ts'
import { groupColumns, partitionBy, windowSql } from '../../kit/windows.ts'
import type { Bins } from './bins.ts'
import { type BinConfig, binDescriptor } from './descriptor.ts'
import { givenBins, sizedBins } from './given-limits.ts'

export const bin: RelationModule<typeof binDescriptor, undefined> = {
  kind: 'relation',
  descriptor: binDescriptor,
  keepsRows: true,
  blocking: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const column = requireColumn(input.columns, config.column, ['column'])
    const type = columnType(column.type)
    if (!integerType(type) && type.kind !== 'decimal' && !isFloat(type))
      throw userError('bin.not-a-number', `Bins are of numbers, and “${column.name}” is ${formatType(type)}.`, {
        field: ['column'],
        hint: 'For dates, use “Round or move dates”; convert texts to numbers first.',
      })
    const value = identifier(column.name)
    const bins = binsOf(config, input, value, type)
    checkLabels(config, bins)
    const added: AddedColumn[] = [{ name: config.name, value: resultOf(config, bins), field: ['name'] }]
    for (const side of ['lower', 'upper'] as const) {
      const name = config[`${side}_name`]
      if (name !== undefined)
        added.push({ name, value: limitOf(bins, side, [`${side}_name`]), field: [`${side}_name`] })
    }
    if (bins.choose && added.length === 1) {
      const value = bins.choose((each) => resultOf(config, each))
      return {
        out: sql`SELECT ${withColumns(input.columns, [{ name: config.name, value, field: ['name'] }], [])} FROM ${input.name}`,
      }
    }
    return { out: sql`SELECT ${withColumns(input.columns, added, bins.added)} FROM ${bins.from}` }
  },
}

function binsOf(config: BinConfig, input: InputRelation, value: Sql, type: SqlType): Bins {
  switch (config.method) {
    case 'size':
      return sizedBins(config, input.name, value, type)
    case 'edges':
      return givenBins(config, input, value, type)
    case 'tile':
      return tiles(config, input, value)
    case 'equal_count':
      return equalCount(config, input, value, type)
    default:
      return measured(config, input, value, type)
  }
}

/** Values that limits are worked out from. */
const counts = (value: Sql, type: SqlType): Sql =>
  isFloat(type) ? sql`(${value} IS NOT NULL AND isfinite(${value}))` : sql`(${value} IS NOT NULL)`

function tiles(config: BinConfig, input: InputRelation, value: Sql): Bins {
  const groups = groupColumns(config.group_by, input.columns, ['group_by'])
  const known = [...groups.map(({ name }) => name), config.column]
  const rest = input.columns.filter(({ name }) => !known.includes(name)).map(({ name }) => identifier(name))
  // Rows without a value stay out of the count: they are a partition of their own.
  const partition = joinSql([...groups.map(({ name }) => identifier(name)), sql`${value} IS NULL`])
  const over = windowSql([sql`PARTITION BY ${partition}`, sql`ORDER BY ${joinSql([value, ...rest])}`])
  const number = sql`CASE WHEN ${value} IS NOT NULL THEN ntile(${config.bins}) OVER ${over} END`
  return { number, count: config.bins, from: input.name, added: [] }
}

/**
 * The rows, each with what is known of all of its group. A window computes the input once, whatever it costs; where it is a file in
 * columns, or quick steps over one, reading one column beside it takes half the time.
 */
function withFacts(
  { name, columnar, costly }: InputRelation,
  column: string,
  groups: readonly Column[],
  facts: readonly { readonly name: Sql; readonly value: Sql }[],
): Sql {
  if (columnar && !costly?.has(nameKey(column)) && groups.length === 0) {
    const values = joinSql(facts.map((fact) => sql`${fact.value} AS ${fact.name}`))
    return sql`(SELECT * FROM ${name}, (SELECT ${values} FROM ${name}))`
  }
  const over = windowSql([partitionBy(groups)])
  const values = joinSql(facts.map((fact) => sql`${fact.value} OVER ${over} AS ${fact.name}`))
  return sql`(SELECT *, ${values} FROM ${name})`
}

function equalCount(config: BinConfig, input: InputRelation, value: Sql, type: SqlType): Bins {
  const groups = groupColumns(config.group_by, input.columns, ['group_by'])
  const [limits, number] = ['limits', 'number'].map((name) => identifier(freeName(name, input.columns)))
  if (!limits || !number) throw new TypeError('two names')
  // The least and the greatest cost less than quantiles, and nothing where nobody asks for limits.
  const [low, high] = ['low', 'high'].map((name) => identifier(freeName(name, input.columns)))
  if (!low || !high) throw new TypeError('two names')
  const shares = Array.from({ length: config.bins - 1 }, (_, index) => sql`${index + 1}/${config.bins}`)
  const known = (call: Sql): Sql => sql`${call} FILTER (WHERE ${counts(value, type)})`
  const facts = [
    { name: low, value: known(sql`min(${value})`) },
    { name: high, value: known(sql`max(${value})`) },
    ...(config.bins > 1 ? [{ name: limits, value: known(sql`quantile_disc(${value}, [${joinSql(shares)}])`) }] : []),
  ]
  const sign = raw(config.closed === 'left' ? '<=' : '<')
  // One comparison after the other takes a quarter of the time of a list's, while there are few.
  const passed = Array.from(
    { length: config.bins - 1 },
    (_, index) => sql` + CAST(${limits}[${index + 1}] ${sign} ${value} AS BIGINT)`,
  )
  const place =
    config.bins <= 16
      ? sql`CAST(1 AS BIGINT)${joinSql(passed, '')}`
      : sql`1 + len(list_filter(${limits}, lambda edge: edge ${sign} ${value}))`
  const from = sql`(SELECT *, CASE WHEN ${counts(value, type)} THEN ${place} END AS ${number} FROM ${withFacts(input, config.column, groups, facts)})`
  return {
    number,
    lower: config.bins > 1 ? sql`CASE ${number} WHEN 1 THEN ${low} ELSE ${limits}[${number} - 1] END` : low,
    upper: config.bins > 1 ? sql`CASE ${number} WHEN ${config.bins} THEN ${high} ELSE ${limits}[${number}] END` : high,
    first: sql`${number} = 1`,
    last: sql`${number} = ${config.bins}`,
    count: config.bins,
    from,
    added: [low, high, ...(config.bins > 1 ? [limits] : []), number],
  }
}

/** Bins that start at `origin` and are `step` wide, both worked out from the values. */
function measured(config: BinConfig, input: InputRelation, value: Sql, type: SqlType): Bins {
  const groups = groupColumns(config.group_by, input.columns, ['group_by'])
  const names = ['origin', 'step', 'near', 'number', 'top'].map((name) => identifier(freeName(name, input.columns)))
  const [origin = value, step = value, near = value, number = value, top = value] = names
  const x = sql`CAST(${value} AS DOUBLE)`
  const over = (call: string): Sql => sql`${raw(call)}(${x}) FILTER (WHERE ${counts(value, type)})`
  const width = config.method === 'equal_width'
  const share = raw(`CAST('${width ? config.bins : config.deviations}' AS DOUBLE)`)
  // The difference of the halves cannot overflow, and halving is exact.
  const facts = [
    { name: origin, value: over(width ? 'min' : 'avg') },
    { name: top, value: over(width ? 'max' : 'stddev_samp') },
  ]
  const stepOf = width ? sql`${top} / ${share} - ${origin} / ${share}` : sql`${top} * ${share}`
  const edge = (place: Sql): Sql => sql`(${origin} + (${place}) * ${step})`
  const guess = sql`floor((${x} / 2 - ${origin} / 2) / (${step} / 2))`
  // Division and multiplication round differently: a value on a limit may be guessed into the bin beside it.
  const left = config.closed === 'left'
  const mended = left
    ? sql`${near} + CASE WHEN ${x} < ${edge(near)} THEN 0 WHEN ${x} >= ${edge(sql`${near} + 1`)} THEN 2 ELSE 1 END`
    : sql`${near} + CASE WHEN ${x} <= ${edge(near)} THEN 0 WHEN ${x} > ${edge(sql`${near} + 1`)} THEN 2 ELSE 1 END`
  const within = width ? sql`least(${config.bins}, greatest(1, ${mended}))` : mended
  // All values equal: they are one bin of no width.
  const alone = width ? sql` WHEN ${step} = 0 THEN 1` : raw('')
  const placed = sql`CASE WHEN NOT ${counts(value, type)} THEN NULL${alone} WHEN ${step} > 0 THEN CAST(${within} AS BIGINT) END`
  const l1 = sql`(SELECT *, ${stepOf} AS ${step} FROM ${withFacts(input, config.column, groups, facts)})`
  const l2 = sql`(SELECT *, CASE WHEN ${step} > 0 THEN ${guess} END AS ${near} FROM ${l1})`
  return {
    number,
    lower: edge(sql`${number} - 1`),
    upper: width
      ? sql`CASE WHEN ${number} = ${config.bins} OR ${step} = 0 THEN ${top} ELSE ${edge(number)} END`
      : edge(number),
    ...(width
      ? { first: sql`${number} = 1`, last: sql`(${number} = ${config.bins} OR ${step} = 0)`, count: config.bins }
      : {}),
    from: sql`(SELECT *, ${placed} AS ${number} FROM ${l2})`,
    added: names,
  }
}

function limitOf(bins: Bins, side: 'lower' | 'upper', field: readonly string[]): Sql {
  const limit = bins[side]
  if (!limit)
    throw userError('bin.no-limits', 'Tiles have no limits.', { field: [...field], hint: 'Take their number.' })
  return bins.isBinned ? limit : sql`CASE WHEN ${bins.number} IS NOT NULL THEN ${limit} END`
}

function checkLabels(config: BinConfig, bins: Bins): void {
  if (config.labels.length === 0 || bins.count === config.labels.length) return
  const message =
    bins.count === undefined
      ? 'The number of these bins depends on the values, so they cannot have labels of their own.'
      : `There are ${bins.count} bins and ${config.labels.length} labels.`
  throw userError('bin.labels', message, { field: ['labels'], hint: 'Give one label for each bin, or none.' })
}

function resultOf(config: BinConfig, bins: Bins): Sql {
  if (config.result === 'number') return sql`CAST(${bins.number} AS BIGINT)`
  if (config.result !== 'label') return limitOf(bins, config.result, ['result'])
  const automatic = automaticLabel(config, bins)
  if (config.labels.length === 0) return automatic
  const own = bins.place === undefined ? undefined : config.labels[bins.place - 1]
  if (own !== undefined) return literal(own)
  const cases = config.labels.map((label, index) => sql`WHEN ${index + 1} THEN ${label}`)
  // Every bin has a label: what is left is outside of all.
  const rest = config.method === 'edges' && config.outside === 'own' ? automatic : raw('NULL')
  return sql`CASE ${bins.number} ${joinSql(cases, ' ')} ELSE ${rest} END`
}

function automaticLabel(config: BinConfig, bins: Bins): Sql {
  const { number, lower, upper, first, last } = bins
  if (!lower || !upper) return sql`CAST(${number} AS VARCHAR)`
  const left = config.closed === 'left'
  const opening = first && !left ? sql`CASE WHEN ${first} THEN '[' ELSE '(' END` : literal(left ? '[' : '(')
  const closing = last && left ? sql`CASE WHEN ${last} THEN ']' ELSE ')' END` : literal(left ? ')' : ']')
  const inside = sql`concat(${opening}, ${lower}, ', ', ${upper}, ${closing})`
  const outside =
    config.method === 'edges' && config.outside === 'own'
      ? sql` WHEN ${number} = 0 THEN concat('< ', ${upper}) WHEN ${number} > ${bins.count ?? 0} THEN concat('> ', ${lower})`
      : raw('')
  return sql`CASE WHEN ${number} IS NULL THEN NULL${outside} ELSE ${inside} END`
}
