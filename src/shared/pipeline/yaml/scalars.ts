/** Where a scalar stands: in flow collections more characters mean something. */
export type ScalarContext = 'block' | 'flow'

/** What another reading than text exists for: YAML 1.2's core schema, and the words older readers take for true and false. */
const NOT_TEXT =
  /^(?:|~|null|true|false|yes|no|on|off|<<|=|[-+]?[0-9][0-9]*|0o[0-7]+|0x[0-9a-f]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?|[-+]?\.inf|\.nan)$/i

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about.
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

const plainIn = (text: string, context: ScalarContext): boolean =>
  !/^[\s,[\]{}#&*!|>'"%@`?:-]|[\t\n]|: |:$| #|^\.\.\.|\s$/.test(text.replace(/^-(?=[^\s-])/, '_')) &&
  !UNPRINTABLE.test(text) &&
  !LONE_SURROGATE.test(text) &&
  !/[\u00a0\u3000]/.test(text) &&
  (context === 'block' || !/[,[\]{}]/.test(text))

/** Text as a YAML scalar on one line, quoted only where it would be read as something else. */
export function textScalar(text: string, context: ScalarContext): string {
  return !NOT_TEXT.test(text) && plainIn(text, context) ? text : quoted(text)
}

/** For values that the reader takes as text however they look: `default: 1.10`. */
export function verbatimScalar(text: string, context: ScalarContext): string {
  const empty = /^(?:|~|null)$/i.test(text)
  return !empty && /^[-+]?[0-9a-z][-+.:0-9a-z]*$/i.test(text) && !text.endsWith(':') ? text : textScalar(text, context)
}

/** Whether text has to be quoted inside `[ ]` and `{ }` only, and reads badly so. Short words such as `DECIMAL(18,2)` do not. */
export function readsBadlyInFlow(text: string): boolean {
  const onlyThere = textScalar(text, 'block') === text && textScalar(text, 'flow') !== text
  return onlyThere && (text.length > 32 || /\s/.test(text))
}

function quoted(text: string): string {
  const special = UNPRINTABLE.test(text) || LONE_SURROGATE.test(text) || /[\n\t]/.test(text)
  return !special && /["\\]/.test(text) && !text.includes("'") ? `'${text}'` : doubleQuoted(text)
}

function doubleQuoted(text: string): string {
  const escaped = JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2028\u2029\u3000\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  // A next-line character and its like are the reason for \u; a slash needs none in YAML or here.
  return escaped
}

/** Numbers beyond 2^53 keep their exponent, so that they are read as what they are: approximate. */
export function numberScalar(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

/**
 * Text of several lines as a literal block, or undefined where YAML could not give back the same text.
 * @returns the header (`|` or `|-`) and the lines, not indented
 */
export function literalBlock(text: string): { readonly header: string; readonly lines: string[] } | undefined {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text
  if (!body.includes('\n') && !text.endsWith('\n')) return undefined
  if (UNPRINTABLE.test(text) || LONE_SURROGATE.test(text)) return undefined
  // An indented or empty first line, and blank lines at the end, would need indicators that nobody can read.
  if (/^\s/.test(text) || /\n[ \t]*$/.test(body) || body === '') return undefined
  return { header: text.endsWith('\n') ? '|' : '|-', lines: body.split('\n') }
}
