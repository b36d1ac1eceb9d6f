import { userError } from '../../shared/errors.ts'
import type { FieldPath } from './fields.ts'

export interface Pattern {
  /** For RE2. */
  readonly text: string
  /** Number of groups that capture. */
  readonly groups: number
  /** Names of the groups, by their number less one. */
  readonly names: readonly (string | undefined)[]
}

const HINT = 'Letters and digits stand for themselves; write a dot as \\. and a bracket as \\(.'

/**
 * Checks a regular expression before DuckDB sees it: what its engine (RE2) has not is refused by name.
 * @throws LogiDataError `pattern.invalid`, `pattern.unsupported`
 */
export function checkPattern(text: string, field: FieldPath): Pattern {
  const plain = text.replaceAll(/\\\\|\[(?:\\.|[^\]\\])*\]/g, (found) => '.'.repeat(found.length))
  const missing = /\(\?(?:=|!|<=|<!)/.test(plain)
    ? 'look-around, such as (?=…)'
    : /\\[1-9]/.test(plain)
      ? 'references back, such as \\1'
      : undefined
  if (missing)
    throw userError('pattern.unsupported', `The pattern uses ${missing}, which regular expressions here do not have.`, {
      field: [...field],
      hint: 'Write it without, or in two steps.',
    })
  const forJavaScript = text
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?[imsU-]+\)/g, '')
    .replaceAll(/\(\?[imsU-]+:/g, '(?:')
  try {
    const groups = (new RegExp(`(?:${forJavaScript})|`).exec('')?.length ?? 1) - 1
    return { text: text.replaceAll(/\(\?<(?=[A-Za-z_])/g, '(?P<'), groups, names: namesOf(text, groups) }
  } catch (thrown) {
    throw userError('pattern.invalid', `“${text}” is not a regular expression.`, {
      field: [...field],
      hint: HINT,
      cause: thrown,
    })
  }
}

function namesOf(text: string, count: number): (string | undefined)[] {
  const bare = text.replaceAll(/\\./g, '..').replaceAll(/\[(?:[^\]]*)\]/g, (found) => '.'.repeat(found.length))
  const names = [...bare.matchAll(/\((?!\?)|\(\?P?<([^>]*)>/g)].map((match) => match[1])
  return Array.from({ length: count }, (_, index) => names[index])
}

/**
 * What stands in place of a match, as RE2 wants it: people write \1 or $1, and $0 for the whole match; $$ is a dollar.
 * @throws LogiDataError `pattern.no-group`
 */
export function replacementFor(text: string, pattern: Pattern, field: FieldPath): string {
  return text.replaceAll(/\$\$|[\\$](\d)|\\\\|\\/g, (found, digit: string | undefined) => {
    if (found === '$$') return '$'
    if (digit === undefined) return '\\\\'
    if (Number(digit) > pattern.groups)
      throw userError('pattern.no-group', `There is no group ${digit} in the pattern.`, {
        field: [...field],
        hint: pattern.groups === 0 ? 'Put parentheses around what you want to keep.' : `It has ${pattern.groups}.`,
      })
    return `\\${digit}`
  })
}
