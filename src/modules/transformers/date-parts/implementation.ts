import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { withColumns } from '../../kit/add-columns.ts'
import { isDate } from '../../kit/comparison.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkZone, localTime, timeColumn } from '../../kit/dates.ts'
import { requireInput } from '../../kit/inputs.ts'
import { joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { type DatePartsConfig, datePartsDescriptor } from './descriptor.ts'

export const dateParts: RelationModule<typeof datePartsDescriptor, undefined> = {
  kind: 'relation',
  descriptor: datePartsDescriptor,
  keepsRows: true,
  usesClock: ({ parts, age_on, age_day }) => parts.includes('age') && !age_on && !age_day?.trim(),
  async prepare({ config, session }) {
    if (config.time_zone !== 'UTC') await checkZone(config.time_zone, session, ['time_zone'])
    return undefined
  },
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const time = timeColumn(input.columns, config.column, ['column'])
    const value = localTime(time, config.time_zone)
    const prefix = config.prefix ?? `${time.column.name}_`
    const added = config.parts.map((part, index) => ({
      name: `${prefix}${part}`,
      value: partSql(part, value, config, input.columns, time.kind === 'instant' ? time.value : value),
      field: ['parts', index],
    }))
    return { out: sql`SELECT ${withColumns(input.columns, added)} FROM ${input.name}` }
  },
}

const NAMES = {
  en: {
    months: 'January February March April May June July August September October November December',
    shortMonths: 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec',
    days: 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday',
    shortDays: 'Mon Tue Wed Thu Fri Sat Sun',
  },
  fr: {
    months: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
    shortMonths: 'janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.',
    days: 'lundi mardi mercredi jeudi vendredi samedi dimanche',
    shortDays: 'lun. mar. mer. jeu. ven. sam. dim.',
  },
} as const

const WEEK_STARTS = { monday: 0, sunday: 1, saturday: 2 } as const

function partSql(part: string, value: Sql, config: DatePartsConfig, columns: readonly Column[], instant: Sql): Sql {
  const names = NAMES[config.language]
  const named = (list: string, place: Sql): Sql => sql`[${joinSql(list.split(' ').map(literal))}][${place}]`
  const of = (name: string): Sql => sql`${raw(name)}(${value})`
  const [year, month, day] = [of('year'), of('month'), of('day')]
  // strftime is twice as fast as printf, but has its own idea of years before 1 and after 9999; the ISO year may be the one beside.
  const usual = sql`${value} BETWEEN TIMESTAMP '1001-01-01' AND TIMESTAMP '9998-12-31'`
  const label = (format: string | undefined, pattern: string, ...parts: Sql[]): Sql =>
    sql`CASE ${format === undefined ? raw('') : sql`WHEN ${usual} THEN strftime(${value}, ${format}) `}WHEN ${year} IS NOT NULL THEN printf(${pattern}, ${joinSql(parts)}) END`
  const fiscalMonth = sql`((${month} - ${config.fiscal_start} + 12) % 12 + 1)`
  const shift = config.fiscal_named_by === 'end' ? (config.fiscal_start > 1 ? 1 : 0) : 0
  const inNext = sql`CASE WHEN ${month} >= ${config.fiscal_start} THEN 0 ELSE -1 END`
  const weekday = sql`((isodow(${value}) - 1 + ${WEEK_STARTS[config.week_start]}) % 7 + 1)`
  const parts: Readonly<Record<string, () => Sql>> = {
    year: () => year,
    quarter: () => of('quarter'),
    month: () => month,
    month_name: () => named(names.months, month),
    month_short: () => named(names.shortMonths, month),
    day: () => day,
    day_of_week: () => weekday,
    day_name: () => named(names.days, of('isodow')),
    day_short: () => named(names.shortDays, of('isodow')),
    day_of_year: () => of('dayofyear'),
    iso_week: () => of('week'),
    iso_year: () => of('isoyear'),
    year_week: () => label('%G-W%V', '%04d-W%02d', of('isoyear'), of('week')),
    year_month: () => label('%Y-%m', '%04d-%02d', year, month),
    year_quarter: () => label(undefined, '%04d-Q%d', year, of('quarter')),
    // The weekday of the first tells how far the first week reaches.
    week_of_month: () => sql`((${day} - ${weekday} + 13) // 7)`,
    fiscal_year: () => sql`(${year} + ${inNext} + ${shift})`,
    fiscal_quarter: () => sql`((${fiscalMonth} - 1) // 3 + 1)`,
    fiscal_month: () => fiscalMonth,
    is_weekend: () => sql`(isodow(${value}) >= 6)`,
    is_leap_year: () => sql`((${year} % 4 = 0 AND ${year} % 100 <> 0) OR ${year} % 400 = 0)`,
    is_month_start: () => sql`(${day} = 1)`,
    is_month_end: () => sql`(${day} = day(last_day(${value})))`,
    days_in_month: () => sql`day(last_day(${value}))`,
    decade: () => sql`CAST(floor(${year} / 10) * 10 AS BIGINT)`,
    century: () => of('century'),
    date: () => sql`CAST(${value} AS DATE)`,
    time: () => sql`CASE WHEN isfinite(${value}) THEN CAST(${value} AS TIME) END`,
    hour: () => of('hour'),
    minute: () => of('minute'),
    second: () => of('second'),
    millisecond: () => sql`(${of('millisecond')} % 1000)`,
    microsecond: () => sql`(${of('microsecond')} % 1000000)`,
    half_day: () => sql`CASE WHEN hour(${value}) < 12 THEN 'AM' WHEN hour(${value}) >= 12 THEN 'PM' END`,
    unix_seconds: () => sql`CASE WHEN isfinite(${value}) THEN epoch(${instant}) END`,
    julian_day: () => sql`CAST(floor(julian(CAST(${value} AS DATE))) AS BIGINT)`,
    age: () => ageSql(value, config, columns),
  }
  return parts[part]?.() ?? raw('NULL')
}

/** Complete years: the birthday of the year has come, where 29 February falls on the 28th of other years. */
function ageSql(born: Sql, config: DatePartsConfig, columns: readonly Column[]): Sql {
  const day = config.age_day?.trim()
  if (day && config.age_on)
    throw userError('date.ambiguous', 'The age is on the day of a column or on one day, not both.', {
      field: ['age_day'],
    })
  if (day && (!isDate(day) || day.length > 10))
    throw userError('value.type', `“${day}” is not a date such as 2024-12-31.`, { field: ['age_day'] })
  const on = config.age_on
    ? sql`CAST(${localTime(timeColumn(columns, config.age_on, ['age_on']), config.time_zone)} AS DATE)`
    : day
      ? sql`CAST(${day} AS DATE)`
      : raw('current_date')
  const from = sql`CAST(${born} AS DATE)`
  const years = sql`(year(${on}) - year(${from}))`
  const complete = sql`${years} - CASE WHEN CAST(${from} + to_years(CAST(${years} AS INTEGER)) AS DATE) > ${on} THEN 1 ELSE 0 END`
  return sql`CASE WHEN isfinite(${from}) AND isfinite(${on}) THEN ${complete} END`
}
