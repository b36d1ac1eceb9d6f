import type { Problem } from '../engine/types.ts'
import type { ParameterType, PipelineDocument } from './document.ts'
import { didYouMean } from './suggest.ts'

export interface ParameterText {
  readonly type: ParameterType
  /** Checked against the type, and in its plainest form: `true`, `5` for `+5`, `2021-01-01 00:00:00`. */
  readonly value: string
}

export interface ResolvedParameters {
  readonly values: Map<string, ParameterText>
  readonly problems: Problem[]
}

/** Puts what was given over the defaults. A parameter without a valid value is a problem, and absent. */
export function resolveParameters(
  document: PipelineDocument,
  given: Readonly<Record<string, string>>,
): ResolvedParameters {
  const declared = document.parameters ?? {}
  const values = new Map<string, ParameterText>()
  const problems: Problem[] = []
  for (const [name, parameter] of Object.entries(declared)) {
    const text = Object.hasOwn(given, name) ? given[name] : parameter.default
    if (text === undefined) {
      const hint = 'Give it when you run the pipeline, or give it a default.'
      problems.push(error('parameter.missing', `Parameter "${name}" has no value.`, hint))
      continue
    }
    const checked = checkParameterValue(parameter.type, text)
    if (checked.ok) values.set(name, { type: parameter.type, value: checked.value })
    else {
      const message = `Parameter "${name}" is of type ${parameter.type} and cannot be ${parameter.secret ? 'what was given' : `"${shorten(text)}"`}.`
      problems.push(error('parameter.invalid', message, checked.hint))
    }
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(declared, name)) continue
    const suggestion = didYouMean(name, Object.keys(declared))
    const hint = suggestion ?? listOf(Object.keys(declared))
    problems.push(error('parameter.unknown', `The pipeline has no parameter "${name}".`, hint))
  }
  return { values, problems }
}

export type CheckedValue = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly hint: string }

/** Checks the text of a value against a parameter's type. Integers and decimals keep every digit. */
export function checkParameterValue(type: ParameterType, text: string): CheckedValue {
  if (type === 'text') {
    return text.includes('\0') ? { ok: false, hint: 'Text cannot hold a NUL character.' } : { ok: true, value: text }
  }
  const checked = checks[type](text.trim())
  return checked === undefined ? { ok: false, hint: hints[type] } : { ok: true, value: checked }
}

/** What DuckDB's widest decimal holds. */
const DECIMAL_DIGITS = 38

const checks: Record<Exclude<ParameterType, 'text'>, (text: string) => string | undefined> = {
  integer: (text) => {
    const match = /^([-+]?)0*(\d+)$/.exec(text)
    return match ? signed(match[1], match[2] ?? '') : undefined
  },
  decimal: (text) => {
    const match = /^([-+]?)0*(\d+)(?:\.(\d+))?$/.exec(text)
    if (!match) return undefined
    const [, sign, whole = '', fraction] = match
    if (whole.length + (fraction?.length ?? 0) > DECIMAL_DIGITS) return undefined
    return signed(sign, fraction === undefined ? whole : `${whole}.${fraction}`)
  },
  boolean: (text) => (/^(?:true|false)$/i.test(text) ? text.toLowerCase() : undefined),
  date: (text) => (isDate(text) ? text : undefined),
  timestamp: (text) => {
    const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?)?$/.exec(text)
    if (!match) return undefined
    const [, date = '', hours = '00', minutes = '00', seconds = '00', fraction = ''] = match
    if (!isDate(date) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
    return `${date} ${hours}:${minutes}:${seconds}${fraction}`
  },
}

const hints: Record<Exclude<ParameterType, 'text'>, string> = {
  integer: 'Write digits only, such as 42.',
  decimal: `Write it with a point, such as 12.50, in ${DECIMAL_DIGITS} digits at most.`,
  boolean: 'Write true or false.',
  date: 'Write a day that exists as year-month-day, such as 2021-01-31.',
  timestamp: 'Write it without a time zone, such as 2021-01-31 08:30:00.',
}

const signed = (sign: string | undefined, number: string) =>
  sign === '-' && /[1-9]/.test(number) ? `-${number}` : number

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  return year > 0 && days !== undefined && day >= 1 && day <= days
}

const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

const listOf = (names: readonly string[]) =>
  names.length === 0 ? 'It takes no parameters.' : `Its parameters are: ${names.join(', ')}.`

const error = (code: string, message: string, hint: string): Problem => ({
  severity: 'error',
  kind: 'user',
  code,
  message,
  hint,
})
