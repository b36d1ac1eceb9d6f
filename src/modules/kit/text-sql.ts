import { raw, type Sql, sql } from './sql.ts'

/** Every character that shows as a blank, and the zero-width ones that people cannot see: for DuckDB's `trim(text, characters)`. */
export const SPACES =
  '\t\n\v\f\r \u0085\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff'
/** The same, inside the brackets of an RE2 class. */
export const SPACE_CLASS = String.raw`\s\x0b\x{85}\x{180e}\x{200b}\x{2060}\x{feff}\p{Z}`

/** What RE2 classes the kinds of characters are, for inside of brackets. */
export const CHARACTER_CLASSES = {
  letters: String.raw`\p{L}\p{M}`,
  digits: String.raw`\p{Nd}`,
  punctuation: String.raw`\p{P}\p{S}`,
  spaces: SPACE_CLASS,
  // White space is a kind of its own, although tabs and line ends are controls.
  control: String.raw`\x00-\x08\x0e-\x1f\x7f-\x{84}\x{86}-\x{9f}\p{Cf}`,
} as const

export const trimmed = (value: Sql, side: 'both' | 'start' | 'end' = 'both'): Sql =>
  sql`${raw({ both: 'trim', start: 'ltrim', end: 'rtrim' }[side])}(${value}, ${SPACES})`

/** Runs of white space become one blank. */
export const collapsed = (value: Sql): Sql => sql`regexp_replace(${value}, ${`[${SPACE_CLASS}]+`}, ' ', 'g')`

const WORD = String.raw`[\p{L}\p{M}\p{N}'’]+`
const NO_WORD = String.raw`[^\p{L}\p{M}\p{N}'’]+`

/** Each word's first letter large and the rest small; `o'neil` is one word, `jean-paul` two. */
export const titleCase = (value: Sql): Sql =>
  sql`array_to_string(list_transform(regexp_extract_all(${value}, ${`${WORD}|${NO_WORD}`}), lambda word: upper(left(word, 1)) || lower(substr(word, 2))), '')`

/** The first letter of the text large and the rest small. */
export const sentenceCase = (value: Sql): Sql => {
  const head = String.raw`^[^\p{L}]*\p{L}?`
  return sql`upper(regexp_extract(${value}, ${head})) || lower(regexp_replace(${value}, ${head}, ''))`
}

/** Text as it stands in an RE2 pattern, for itself; also inside brackets. */
export const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|&~#-]/g, '\\$&')

/** The characters of a text, for inside of an RE2 class. */
export const classOf = (characters: string): string =>
  [...characters]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      return /[A-Za-z0-9]/.test(character) ? character : `\\x{${code.toString(16)}}`
    })
    .join('')
