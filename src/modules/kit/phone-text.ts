import metadata from 'libphonenumber-js/metadata.min.json'
import { z } from 'zod'
import { userError } from '../../shared/errors.ts'
import { didYouMean } from './did-you-mean.ts'
import type { FieldPath } from './fields.ts'
import { joinSql, type Sql, sql } from './sql.ts'
import { SPACE_CLASS, trimmed } from './text-sql.ts'

/** A country's numbering plan, in the places where libphonenumber-js keeps it (format 4). */
const planSchema = z.array(z.unknown()).transform((plan) => ({
  callingCode: z.string().parse(plan[0]),
  internationalPrefix: z.string().parse(plan[1]),
  pattern: z.string().parse(plan[2]),
  nationalPrefix: z
    .string()
    .optional()
    .catch(undefined)
    .parse(plan[7] || plan[5]),
  transform: z
    .string()
    .optional()
    .catch(undefined)
    .parse(plan[8] || undefined),
}))
type Plan = z.output<typeof planSchema>

let plans: ReadonlyMap<string, Plan> | undefined
function allPlans(): ReadonlyMap<string, Plan> {
  plans ??= new Map(Object.entries(z.object({ countries: z.record(z.string(), planSchema) }).parse(metadata).countries))
  return plans
}

/** Country codes that phone numbers can be read for. */
export const phoneCountries = (): string[] => [...allPlans().keys()]

/**
 * A phone number as E.164 (`+33612345678`), or NULL when it fits no numbering plan: the general patterns of libphonenumber, which know
 * the lengths and leading digits of each country. Whether somebody answers, they do not know.
 * @param value text, used several times
 * @param country of numbers written without + and country code; without it, only international ones are read
 * @throws LogiDataError `country.unknown`
 */
export function phoneNumber(value: Sql, country: string | undefined, field: FieldPath): Sql {
  const plan = country ? planOf(country, field) : undefined
  const bare = sql`regexp_replace(${trimmed(value)}, '^(?i:tel:)', '')`
  // The (0) of +33 (0)1 is for those who do not dial the country code.
  const oneWay = sql`regexp_replace(${bare}, '^(\\+.*)\\(0\\)', '\\1')`
  const number = sql`regexp_replace(${oneWay}, ${`[${SPACE_CLASS}().\\-/·‐‑–]`}, '', 'g')`
  const international = sql`CASE WHEN starts_with(${number}, '+') THEN substr(${number}, 2) WHEN regexp_matches(${number}, ${`^(?:${plan?.internationalPrefix ?? '00'})[1-9]`}) THEN regexp_replace(${number}, ${`^(?:${plan?.internationalPrefix ?? '00'})`}, '') ELSE '' END`
  const fits = sql`regexp_full_match(${international}, ${anyPlan()})`
  const cases = [sql`WHEN ${fits} THEN '+' || ${international}`]
  if (plan) cases.push(...nationalCases(number, plan))
  // E.164 ends at 15 digits; a few plans know longer numbers for use at home.
  return sql`nullif(regexp_extract(CASE ${joinSql(cases, ' ')} END, '^\\+[1-9]\\d{4,14}$'), '')`
}

function planOf(country: string, field: FieldPath): Plan {
  const plan = allPlans().get(country.trim().toUpperCase())
  if (plan) return plan
  const near = didYouMean(country, allPlans().keys())
  throw userError('country.unknown', `“${country}” is no country code.`, {
    field: [...field],
    hint: near.hint ?? 'Write the two letters of ISO 3166: FR, CH, GB.',
  })
}

/** As libphonenumber: without the national prefix when what is left fits, else as it stands, else with the country code but no +. */
function nationalCases(number: Sql, { callingCode, pattern, nationalPrefix, transform }: Plan): Sql[] {
  const matches = (text: Sql) => sql`regexp_full_match(${text}, ${pattern})`
  const cases: Sql[] = []
  if (nationalPrefix) {
    const prefix = `^(?:${nationalPrefix})`
    const dropped = sql`regexp_replace(${number}, ${prefix}, '')`
    const groups = new RegExp(`${prefix}|`).exec('')?.length ?? 1
    const changed = transform
      ? sql`CASE WHEN regexp_extract(${number}, ${prefix}, ${groups - 1}) <> '' THEN regexp_replace(${number}, ${prefix}, ${transform.replaceAll('$', '\\')}) ELSE ${dropped} END`
      : dropped
    cases.push(
      sql`WHEN regexp_matches(${number}, ${prefix}) AND ${matches(changed)} THEN ${`+${callingCode}`} || ${changed}`,
    )
  }
  cases.push(sql`WHEN ${matches(number)} THEN ${`+${callingCode}`} || ${number}`)
  const withCode = sql`regexp_full_match(${number}, ${`${callingCode}(?:${pattern})`})`
  return [...cases, sql`WHEN ${withCode} THEN '+' || ${number}`]
}

/** Codes of no country: freephone (+800), satellites. */
function worldwidePlans(): Pick<Plan, 'callingCode' | 'pattern'>[] {
  const read = z.object({ nonGeographic: z.record(z.string(), z.array(z.unknown())) }).parse(metadata)
  return Object.entries(read.nonGeographic).map(([callingCode, plan]) => ({
    callingCode,
    pattern: z.string().parse(plan[2]),
  }))
}

let everywhere: string | undefined
/** One pattern of every country's numbers, with the country code. */
function anyPlan(): string {
  if (everywhere !== undefined) return everywhere
  const byCode = new Map<string, Set<string>>()
  for (const { callingCode, pattern } of [...allPlans().values(), ...worldwidePlans()]) {
    const known = byCode.get(callingCode) ?? new Set()
    byCode.set(callingCode, known.add(pattern))
  }
  everywhere = [...byCode].map(([code, patterns]) => `${code}(?:${[...patterns].join('|')})`).join('|')
  return everywhere
}
