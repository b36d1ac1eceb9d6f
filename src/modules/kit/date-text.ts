import { z } from 'zod'
import { type DateFormat, dateFormat } from './files/date-format.ts'
import { form, option, text } from './form.ts'
import { joinSql, type Sql, sql } from './sql.ts'
import { trimmed } from './text-sql.ts'

/** How dates are written; spread into a strict object. */
export const dateFields = {
  order: z
    .enum(['dmy', 'mdy', 'ymd'])
    .optional()
    .meta(
      form('05/06/2024 is', '05/06/2024 est le', {
        options: [
          option('dmy', '5 June (day first)', '5 juin (jour d’abord)'),
          option('mdy', 'May 6 (month first)', '6 mai (mois d’abord)'),
          option('ymd', '2005-06-20 for 05/06/20 (year first)', '2005-06-20 pour 05/06/20 (année d’abord)'),
        ],
        help: text(
          'Holds for every date of figures alone; 25/12/2024 does not change its mind. Dates that start with the year, or name the month, need no order.',
          'Vaut pour toute date en chiffres ; 25/12/2024 n’y change rien. Une date qui commence par l’année, ou nomme le mois, n’en a pas besoin.',
        ),
      }),
    ),
  two_digit_years: z
    .enum(['refuse', '1930-2029', '1950-2049', '2000-2099'])
    .default('refuse')
    .meta(
      form('Years of two digits', 'Années à deux chiffres', {
        advanced: true,
        options: [
          option('refuse', 'Do not read', 'Ne pas lire'),
          option('1930-2029', '1930 to 2029', '1930 à 2029'),
          option('1950-2049', '1950 to 2049', '1950 à 2049'),
          option('2000-2099', '2000 to 2099', '2000 à 2099'),
        ],
      }),
    ),
  formats: z
    .array(
      z
        .string()
        .refine((given) => ownFormat(given) !== undefined, 'write a format with a year, such as ddMMyyyy or %d.%m.%y'),
    )
    .default([])
    .meta(
      form('Formats of your own, tried first', 'Vos propres formats, essayés d’abord', {
        control: 'list',
        advanced: true,
        placeholder: 'ddMMyyyy',
        help: text(
          'From top to bottom; the first that fits a text reads it.',
          'De haut en bas ; le premier qui convient à un texte le lit.',
        ),
      }),
    ),
  incomplete: z
    .enum(['refuse', 'first', 'last'])
    .default('refuse')
    .meta(
      form('A month or a year alone', 'Un mois ou une année seuls', {
        advanced: true,
        options: [
          option('refuse', 'Do not read', 'Ne pas lire'),
          option('first', 'Its first day', 'Son premier jour'),
          option('last', 'Its last day', 'Son dernier jour'),
        ],
      }),
    ),
  excel_serial: z
    .boolean()
    .default(false)
    .meta(
      form('Read Excel day numbers', 'Lire les numéros de jour d’Excel', {
        advanced: true,
        help: text('45292 is 2024-01-01.', '45292 est le 2024-01-01.'),
      }),
    ),
} as const

export interface DateStyle {
  readonly order?: 'dmy' | 'mdy' | 'ymd' | undefined
  readonly two_digit_years: 'refuse' | '1930-2029' | '1950-2049' | '2000-2099'
  readonly formats: readonly string[]
  readonly incomplete: 'refuse' | 'first' | 'last'
  readonly excel_serial: boolean
}

/** Names of the months and their short forms, without accents: English, French, German, Spanish, Italian, Portuguese, Dutch. */
const MONTHS = [
  'january|janvier|januar|enero|gennaio|janeiro|januari|jan|janv|ene|gen',
  'february|fevrier|februar|febrero|febbraio|fevereiro|februari|feb|fev|fevr',
  'march|mars|marz|maerz|marzo|marco|maart|mar|mrt',
  'april|avril|abril|aprile|apr|avr|abr',
  'may|mai|mayo|maggio|maio|mei|mag',
  'june|juin|juni|junio|giugno|junho|jun|giu',
  'july|juillet|juli|julio|luglio|julho|jul|juil|lug',
  'august|aout|agosto|augustus|aug|ago',
  'september|septembre|septiembre|settembre|setembro|sep|sept|set',
  'october|octobre|oktober|octubre|ottobre|outubro|oct|okt|ott|out',
  'november|novembre|noviembre|novembro|nov',
  'december|decembre|dezember|diciembre|dicembre|dezembro|dec|dez|dic',
]
/** Days of the week in the same languages: they say nothing that the date does not. */
const DAYS =
  '(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|tues|wed|thu|thurs|fri|sat|sun|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lunes|martes|miercoles|jueves|viernes|sabado|domingo|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:segunda|terca|quarta|quinta|sexta)(?:-feira)?'
const ANY_MONTH = MONTHS.join('|')

/** Small letters without accents, the name of a month as `#3#`, its day's ending away: what `dateFrom` reads. */
export function withMonthNumbers(value: Sql): Sql {
  const low = sql`lower(strip_accents(${trimmed(value)}))`
  const bare = sql`regexp_replace(${low}, '\\b(\\d{1,2})(st|nd|rd|th|er|º|\\.)(\\s| de )', '\\1 ')`
  const numbered = MONTHS.reduce(
    (text, names, index) =>
      sql`regexp_replace(${text}, ${`(^|[^\\p{L}])(?:de +)?(?:${names})\\.?(?: +de)?($|[^\\p{L}])`}, ${`\\1#${index + 1}#\\2`})`,
    bare,
  )
  return sql`CASE WHEN regexp_matches(${low}, ${ANY_MONTH}) THEN regexp_replace(${numbered}, ${`^(?:${DAYS})\\.?,? +`}, '') ELSE ${low} END`
}

const CLOCK = String.raw`(?:[t, ]+(?:at |a )?\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?: ?[ap]\.?m\.?)?)`
const BETWEEN = '[-/. ]'

/**
 * The TIMESTAMP that a text means, or NULL. Year first, or the month by name: as it says. Figures alone: in the order given, never in
 * the other one, and not at all without one.
 * @param value as `withMonthNumbers` gives it; used several times
 */
export function dateFrom(value: Sql, style: DateStyle): Sql {
  const forms: { shape: string; iso: string }[] = [
    { shape: `(\\d{4})${BETWEEN}(\\d{1,2})${BETWEEN}(\\d{1,2})`, iso: '\\1-\\2-\\3' },
    { shape: '(\\d{4})(\\d{2})(\\d{2})', iso: '\\1-\\2-\\3' },
    { shape: `(\\d{4})[-/., ]*#(\\d+)#[-/., ]*(\\d{1,2})`, iso: '\\1-\\2-\\3' },
  ]
  const years = style.two_digit_years === 'refuse' ? ['(\\d{4})'] : ['(\\d{4})', '(\\d{2})']
  for (const year of years) {
    forms.push({ shape: `(\\d{1,2})[-/., ]*#(\\d+)#[-/., ]*${year}`, iso: '\\3-\\2-\\1' })
    forms.push({ shape: `#(\\d+)#[-/., ]*(\\d{1,2})[-/., ]+${year}`, iso: '\\3-\\1-\\2' })
    if (style.order === 'dmy')
      forms.push({ shape: `(\\d{1,2})${BETWEEN}(\\d{1,2})${BETWEEN}${year}`, iso: '\\3-\\2-\\1' })
    if (style.order === 'mdy')
      forms.push({ shape: `(\\d{1,2})${BETWEEN}(\\d{1,2})${BETWEEN}${year}`, iso: '\\3-\\1-\\2' })
    if (style.order === 'ymd' && year === '(\\d{2})')
      forms.push(
        { shape: `(\\d{2})${BETWEEN}(\\d{1,2})${BETWEEN}(\\d{1,2})`, iso: '\\1-\\2-\\3' },
        { shape: '(\\d{2})(\\d{2})(\\d{2})', iso: '\\1-\\2-\\3' },
      )
  }
  const day = sql`regexp_replace(${value}, ${`${CLOCK}$`}, '')`
  const clock = sql`regexp_replace(regexp_replace(replace(replace(regexp_extract(${value}, ${`${CLOCK}$`}), 'h', ':'), ',', '.'), '([ap])\\.?m\\.?$', ' \\1m'), '^[^0-9]+', '')`
  const cases = forms.map(
    ({ shape, iso }) =>
      sql`WHEN regexp_full_match(${day}, ${shape}) THEN ${century(sql`regexp_replace(${day}, ${shape}, ${iso})`, style)}`,
  )
  const written = sql`trim(CASE ${joinSql(cases, ' ')} END || ' ' || regexp_replace(${clock}, ' +', ' '))`
  const formats = ['', ' %H:%M', ' %H:%M:%S', ' %H:%M:%S.%f', ' %I:%M %p', ' %I:%M:%S %p'].map(
    (clockFormat) => sql`${`%Y-%m-%d${clockFormat}`}`,
  )
  const read = sql`try_strptime(${written}, [${joinSql(formats)}])`
  const whole =
    style.incomplete === 'refuse' ? read : sql`coalesce(${read}, ${incompleteDate(value, style.incomplete)})`
  if (!style.excel_serial) return whole
  const serial = sql`CAST(DATE '1899-12-30' + CAST(TRY_CAST(${value} AS INTEGER) AS INTEGER) AS TIMESTAMP)`
  // Day 60 of Excel is 29 February 1900, which never was; before it, its days are off by one.
  return sql`CASE WHEN regexp_full_match(${value}, ${style.incomplete === 'refuse' ? '\\d{2,7}' : '\\d{2,3}|\\d{5,7}'}) AND TRY_CAST(${value} AS INTEGER) BETWEEN 61 AND 2958465 THEN ${serial} ELSE ${whole} END`
}

/** The TIMESTAMP of a month or a year that stands alone: its first or last day. */
function incompleteDate(value: Sql, day: 'first' | 'last'): Sql {
  const months = [
    { shape: '(\\d{4})[-/. ](\\d{1,2})', iso: '\\1-\\2-1' },
    { shape: '(\\d{1,2})[-/. ](\\d{4})', iso: '\\2-\\1-1' },
    { shape: '#(\\d+)#[-/., ]*(\\d{4})', iso: '\\2-\\1-1' },
    { shape: '(\\d{4})[-/., ]*#(\\d+)#', iso: '\\1-\\2-1' },
  ]
  const cases = months.map(
    ({ shape, iso }) => sql`WHEN regexp_full_match(${value}, ${shape}) THEN regexp_replace(${value}, ${shape}, ${iso})`,
  )
  const month = sql`try_strptime(CASE ${joinSql(cases, ' ')} END, '%Y-%m-%d')`
  const year = sql`try_strptime(CASE WHEN regexp_full_match(${value}, '\\d{4}') THEN ${value} || '-1-1' END, '%Y-%m-%d')`
  if (day === 'first') return sql`coalesce(${month}, ${year})`
  return sql`coalesce(CAST(last_day(${month}) AS TIMESTAMP), ${year} + INTERVAL '1 year' - INTERVAL '1 day')`
}

/** A format of a whole date without an offset, with which DuckDB would change the time. */
function ownFormat(given: string): DateFormat | undefined {
  const format = dateFormat(given)
  return format && !format.hasOffset && /%y/i.test(format.strptime) ? format : undefined
}

/** The TIMESTAMP that the first of the formats that fits reads, or NULL. @param value the text as it was */
export function dateInFormats(value: Sql, formats: readonly string[]): Sql | undefined {
  if (formats.length === 0) return undefined
  const read = formats.flatMap((given) => {
    const format = ownFormat(given)
    if (!format) return []
    // strptime alone would read 24 as the year 24.
    return [
      sql`CASE WHEN regexp_full_match(${value}, ${format.shape}) THEN try_strptime(${value}, ${format.strptime}) END`,
    ]
  })
  return sql`coalesce(${joinSql(read)})`
}

function century(iso: Sql, style: DateStyle): Sql {
  if (style.two_digit_years === 'refuse') return iso
  const from = Number(style.two_digit_years.slice(0, 4))
  const pivot = from % 100
  const [early, late] = [Math.floor(from / 100), Math.floor((from + 99) / 100)]
  const year = sql`TRY_CAST(left(${iso}, 2) AS INTEGER)`
  return sql`CASE WHEN regexp_matches(${iso}, '^\\d{2}-') THEN CASE WHEN ${year} >= ${pivot} THEN ${String(early)} ELSE ${String(late)} END || ${iso} ELSE ${iso} END`
}

/** A TIMESTAMP as a DATE, or NULL when it has a time of day. */
export const wholeDay = (timestamp: Sql): Sql =>
  sql`CASE WHEN ${timestamp} = date_trunc('day', ${timestamp}) THEN CAST(${timestamp} AS DATE) END`
