import { userError } from '../../../shared/errors.ts'
import type { InputRelation } from '../../kit/contract.ts'
import { freeName } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { integerType, isFloat, type SqlType } from '../../kit/types.ts'
import type { Bins } from './bins.ts'
import type { BinConfig } from './descriptor.ts'

interface Decimal {
  readonly text: string
  readonly scale: number
  /** Digits before the point. */
  readonly digits: number
}

/** A number of the config, exactly as it is written. */
function decimal(value: number): Decimal {
  const plain = /e/i.test(String(value)) ? value.toFixed(Math.min(30, exponentScale(value))) : String(value)
  const [whole = '0', decimals = ''] = plain.replace('-', '').split('.')
  return { text: plain, scale: decimals.length, digits: whole.length }
}

function exponentScale(value: number): number {
  const [digits = '', exponent = '0'] = String(value).toLowerCase().split('e')
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent))
}

/** Digits before and after the point that hold the column's values and the given numbers. */
function shape(type: SqlType, given: readonly Decimal[]): { scale: number; digits: number } {
  const own =
    type.kind === 'decimal'
      ? { scale: type.scale, digits: type.width - type.scale }
      : { scale: 0, digits: integerType(type)?.bits === 128 ? 38 : 20 }
  return {
    scale: Math.max(own.scale, ...given.map(({ scale }) => scale)),
    digits: Math.max(own.digits, ...given.map(({ digits }) => digits)),
  }
}

/** Bins of one width: exact in DECIMAL, and for a DOUBLE rounded to the decimals that the width was written with. */
export function sizedBins(config: BinConfig, from: Sql, value: Sql, type: SqlType): Bins {
  const [width, start] = [decimal(config.width), decimal(config.start)]
  const { scale, digits } = shape(type, [width, start])
  if (isFloat(type)) return floatBins(config, from, value, Math.max(width.scale, start.scale))
  if (digits + scale > 38)
    throw userError('bin.too-precise', 'This width has more decimals than can be computed exactly for this column.', {
      field: ['width'],
      hint: 'Use fewer decimals, or convert the column to DOUBLE.',
    })
  const exact = (of: Sql): Sql => sql`CAST(${of} AS DECIMAL(38,${scale}))`
  // 64 bits where they hold every difference as well: a division of 128 bits takes ten times as long.
  const near = (of: Sql): Sql => sql`CAST(${of} AS DECIMAL(${digits + scale < 18 ? 18 : 38},${scale}))`
  const [step, origin] = [exact(literal(width.text)), exact(literal(start.text))]
  const distance = config.start === 0 ? near(value) : near(sql`${near(value)} - ${near(literal(start.text))}`)
  const rest = sql`(${distance} % ${near(literal(width.text))})`
  // Neither the rest nor the limit is further than one step from the value.
  const below = raw(config.closed === 'left' ? '<' : '<=')
  const back = sql`CASE WHEN ${rest} ${below} 0 THEN ${rest} + ${near(literal(width.text))} ELSE ${rest} END`
  const lower = exact(sql`${near(value)} - ${back}`)
  return {
    // A multiple of the step: dividing whole numbers of its last decimal is exact.
    number: sql`(${wholes(sql`${lower} - ${origin}`, scale)} // ${wholes(step, scale)} + 1)`,
    isBinned: true,
    lower,
    upper: exact(sql`${lower} + ${step}`),
    from,
    added: [],
  }
}

/** A DECIMAL as the whole number of its last decimals. */
const wholes = (value: Sql, scale: number): Sql =>
  scale === 0
    ? sql`CAST(${value} AS HUGEINT)`
    : sql`CAST(replace(CAST(CAST(${value} AS DECIMAL(38,${scale})) AS VARCHAR), '.', '') AS HUGEINT)`

function floatBins(config: BinConfig, from: Sql, value: Sql, scale: number): Bins {
  const number = (of: number): Sql => raw(`CAST('${of}' AS DOUBLE)`)
  const x = sql`CAST(${value} AS DOUBLE)`
  const edge = (place: Sql): Sql => sql`round(${number(config.start)} + (${place}) * ${number(config.width)}, ${scale})`
  const near = sql`floor((${x} - ${number(config.start)}) / ${number(config.width)})`
  const [over, under] = config.closed === 'left' ? [raw('>='), raw('<')] : [raw('>'), raw('<=')]
  const place = sql`(${near} + CASE WHEN ${x} ${under} ${edge(near)} THEN -1 WHEN ${x} ${over} ${edge(sql`${near} + 1`)} THEN 1 ELSE 0 END)`
  return {
    // Beyond 2^53 neighbouring bins have one number in a DOUBLE.
    number: sql`CASE WHEN isfinite(${x}) AND abs(${near}) < 9007199254740992 THEN CAST(${place} AS BIGINT) + 1 END`,
    lower: edge(place),
    upper: edge(sql`${place} + 1`),
    from,
    added: [],
  }
}

/** @throws LogiDataError `bin.edges` */
export function givenBins(config: BinConfig, input: InputRelation, value: Sql, type: SqlType): Bins {
  const { edges } = config
  if (edges.length < 2)
    throw userError('bin.edges', 'Give at least two limits.', { field: ['edges'], hint: 'Such as 0, 18, 65.' })
  edges.forEach((edge, index) => {
    if (index > 0 && edge <= (edges[index - 1] ?? edge))
      throw userError('bin.edges', `The limit ${edge} does not come after ${edges[index - 1]}.`, {
        field: ['edges', index],
        hint: 'Write the limits in ascending order, each once.',
      })
  })
  const decimals = edges.map(decimal)
  const { scale, digits } = shape(type, decimals)
  const float = isFloat(type)
  if (!float && digits + scale > 38)
    throw userError(
      'bin.too-precise',
      'These limits have more decimals than can be compared exactly with this column.',
      {
        field: ['edges'],
        hint: 'Use fewer decimals, or convert the column to DOUBLE.',
      },
    )
  const own = Math.max(...decimals.map((edge) => edge.scale))
  const width = Math.min(38, Math.max(...decimals.map((edge) => edge.digits)) + own)
  const limitType = raw(float ? 'DOUBLE' : `DECIMAL(${width},${own})`)
  const limits = decimals.map(({ text }) => sql`CAST(${text} AS ${limitType})`)
  const bins = edges.length - 1
  const left = config.closed === 'left'
  const placeOf = (place: number): number | undefined => {
    if (config.outside === 'nearest') return Math.max(1, Math.min(bins, place))
    return config.outside === 'empty' && (place < 1 || place > bins) ? undefined : place
  }
  const none = sql`CAST(NULL AS ${limitType})`
  const choose = (of: (bin: Bins) => Sql): Sql => {
    const at = (counted: number): Sql => {
      const place = placeOf(counted)
      if (place === undefined) return raw('NULL')
      return of({
        place,
        number: literal(place),
        isBinned: true,
        lower: limits[place - 1] ?? none,
        upper: limits[place] ?? none,
        first: literal(place === 1),
        last: literal(place === bins),
        count: bins,
        from: input.name,
        added: [],
      })
    }
    const cases = limits.map((limit, index) => {
      // The outermost limits belong to the bins inside them.
      const included = left ? index === bins : index > 0
      return sql`WHEN ${value} ${raw(included ? '<=' : '<')} ${limit} THEN ${at(index)}`
    })
    // Nothing is less than NULL: only where the last bin takes all that is left does it have to be told.
    const last = at(bins + 1)
    const absent = float
      ? sql`WHEN ${value} IS NULL OR isnan(${value}) THEN NULL `
      : last.text === 'NULL'
        ? raw('')
        : sql`WHEN ${value} IS NULL THEN NULL `
    return sql`CASE ${absent}${joinSql(cases, ' ')} ELSE ${last} END`
  }
  // Limits and labels are looked up by it, each several times.
  const number = identifier(freeName('number', input.columns))
  const pick = (offset: number): Sql => {
    const picked = limits.map((limit, index) => sql`WHEN ${index + offset} THEN ${limit}`)
    return sql`CASE ${number} ${joinSql(picked, ' ')} END`
  }
  return {
    number,
    lower: pick(1),
    upper: pick(0),
    first: sql`${number} = 1`,
    last: sql`${number} = ${bins}`,
    count: bins,
    choose,
    from: sql`(SELECT *, ${choose((bin) => bin.number)} AS ${number} FROM ${input.name})`,
    added: [number],
  }
}
