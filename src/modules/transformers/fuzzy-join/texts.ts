import { raw, type Sql, sql } from '../../kit/sql.ts'
import type { FuzzyJoinConfig } from './descriptor.ts'

/** Beyond this many characters, texts are not compared: the time grows with the square of their length. */
export const LONGEST = 100

/** A text as it is compared; NULL where nothing is left of it. */
export function cleaned(value: Sql, config: FuzzyJoinConfig): Sql {
  let result = sql`CAST(${value} AS VARCHAR)`
  if (config.ignore_accents) {
    // What strip_accents leaves, since these letters have no accent to take off.
    result = sql`translate(strip_accents(${result}), 'øØłŁđĐıħĦ', 'oOlLdDihH')`
    for (const [letter, letters] of [
      ['ß', 'ss'],
      ['æ', 'ae'],
      ['Æ', 'AE'],
      ['œ', 'oe'],
      ['Œ', 'OE'],
    ] as const)
      result = sql`replace(${result}, ${letter}, ${letters})`
  }
  if (config.ignore_case) result = sql`lower(${result})`
  // Apostrophes and dots hold letters together (O'Neil, S.A.); other signs stand between words.
  if (config.ignore_punctuation)
    result = sql`regexp_replace(regexp_replace(${result}, ${"['’.]"}, '', 'g'), ${'[^\\p{L}\\p{M}\\p{N}\\s]+'}, ' ', 'g')`
  if (config.ignore_spaces) result = sql`trim(regexp_replace(${result}, ${'[\\s\\p{Z}]+'}, ' ', 'g'))`
  return sql`nullif(left(${result}, ${LONGEST}), '')`
}

/** Different words, in the order of the alphabet. */
export const words = (text: Sql): Sql =>
  sql`list_sort(list_distinct(list_filter(string_split_regex(${text}, '\\s+'), lambda word: word <> '')))`

/** Different pieces of three letters, with two blanks before and one after, so that the start counts more. */
export const trigrams = (text: Sql): Sql =>
  sql`list_distinct(list_transform(range(1, length(${text}) + 2), lambda i: substr('  ' || ${text} || ' ', i, 3)))`

/** Soundex of each word: letters that sound alike have one figure, vowels have none. */
export const soundCodes = (text: Sql): Sql => {
  let codes = sql`translate(lower(word), 'bfpvcgjkqsxzdtlmnrhw', '1111222222223345566')`
  for (const digit of '123456') codes = sql`regexp_replace(${codes}, ${`${digit}+`}, ${digit}, 'g')`
  const rest = sql`regexp_replace(substr(${codes}, 2), '[^1-6]', '', 'g')`
  return sql`list_distinct(list_transform(${words(sql`strip_accents(${text})`)}, lambda word: left(word, 1) || left(${rest}, 3)))`
}

/** Letters in the order of the alphabet. */
export const lettersOf = (text: Sql): Sql => sql`list_sort(regexp_extract_all(${text}, '(?s).'))`

/** A hash for each sorted letter and which one of its kind it is: texts then differ in two of them at most for each edit. */
export const countedLetters = (letters: Sql): Sql =>
  sql`list_transform(${letters}, lambda letter, i: hash(letter, i - list_position(${letters}, letter)))`

/**
 * A set in 128 bits: one per item, by its hash. Sets whose signatures differ in more bits than their items may differ need not be compared,
 * and telling so takes a few nanoseconds.
 */
export const signature = (hashes: Sql): Sql => {
  const half = (which: number): Sql =>
    sql`coalesce(list_bit_or(list_transform(${hashes}, lambda item: CASE WHEN (item >> 6) % 2 = ${which} THEN CAST(1 AS UBIGINT) << (item % 64) ELSE CAST(0 AS UBIGINT) END)), 0)`
  return sql`[${half(0)}, ${half(1)}]`
}

export const TOLERANCE = raw('1e-9')
