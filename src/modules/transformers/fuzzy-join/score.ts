import { raw, type Sql, sql } from '../../kit/sql.ts'
import type { FuzzyKey } from './descriptor.ts'
import { countedLetters, lettersOf, signature, trigrams, words } from './texts.ts'

export type ScoredMethod = Exclude<FuzzyKey['method'], 'exact'>

/**
 * What a method needs of a cleaned text `cN`, worked out once per value: columns of the tables `lv` and `rv`. Lists for SELECT, each over the
 * rows of the one before: DuckDB computes a name that stands for an expression of the same SELECT once more for every use.
 */
export function derived(method: ScoredMethod, index: number): Sql[] {
  const text = raw(`c${index}`)
  const list = (value: Sql): Sql => sql`*, ${value} AS ${raw(`w${index}`)}`
  const pieces = (value: Sql): Sql => sql`*, ${value} AS ${raw(`s${index}`)}`
  const hashes = raw(`h${index}`)
  const own = raw(`s${index}`)
  const sign = sql`* EXCLUDE (${hashes}), ${signature(hashes)} AS ${raw(`g${index}`)}`
  const marks = (items: Sql): Sql[] => [sql`*, list_transform(${items}, lambda item: hash(item)) AS ${hashes}`, sign]
  const letters = [
    sql`*, ${lettersOf(own)} AS ${hashes}`,
    sql`* REPLACE (${countedLetters(hashes)} AS ${hashes})`,
    sign,
  ]
  switch (method) {
    case 'jaro_winkler':
      return [pieces(text)]
    case 'levenshtein':
    case 'damerau_levenshtein':
      return [pieces(text), ...letters]
    case 'token_sort':
      return [pieces(sql`array_to_string(list_sort(string_split_regex(trim(${text}), '\\s+')), ' ')`), ...letters]
    case 'token_set':
      return [list(words(text)), pieces(sql`array_to_string(${raw(`w${index}`)}, ' ')`), ...letters]
    case 'jaccard':
      return [list(words(text)), ...marks(raw(`w${index}`))]
    case 'trigram':
      return [list(trigrams(text)), ...marks(raw(`w${index}`))]
  }
}

/** The score of the values `l` and `r`; 0 where one of them is NULL. */
export function score(method: ScoredMethod, index: number): Sql {
  const [a, b] = [raw(`l.s${index}`), raw(`r.s${index}`)]
  const [x, y] = [raw(`l.w${index}`), raw(`r.w${index}`)]
  const longer = sql`greatest(strlen(${a}), strlen(${b}))`
  const edits = (name: string): Sql => sql`1 - ${raw(name)}(${a}, ${b}) / ${longer}`
  const common = sql`len(list_intersect(${x}, ${y}))`
  const value = ((): Sql => {
    switch (method) {
      case 'levenshtein':
      case 'token_sort':
        return edits('levenshtein')
      case 'damerau_levenshtein':
        return edits('damerau_levenshtein')
      case 'jaro_winkler':
        return sql`jaro_winkler_similarity(${a}, ${b})`
      case 'token_set': {
        const shared = sql`strlen(array_to_string(list_intersect(${x}, ${y}), ' '))`
        return sql`greatest(${edits('levenshtein')}, ${shared} / least(strlen(${a}), strlen(${b})))`
      }
      case 'jaccard':
      case 'trigram':
        return sql`${common} / (len(${x}) + len(${y}) - ${common})`
    }
  })()
  return sql`coalesce(CAST(${value} AS DOUBLE), 0)`
}
