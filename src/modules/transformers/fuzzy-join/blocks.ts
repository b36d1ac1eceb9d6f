import { joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import type { FuzzyJoinConfig } from './descriptor.ts'
import type { ScoredMethod } from './score.ts'
import { soundCodes, TOLERANCE, words } from './texts.ts'

/**
 * Queries whose rows `(l, r)` are the pairs of values to compare, over the tables `lv` and `rv`. A mean of scores reaches the threshold only
 * where one of them does, so that the pairs of each column, together, are enough.
 */
export function candidates(config: FuzzyJoinConfig, methods: readonly ScoredMethod[], exact: number): Sql[] {
  const equal = Array.from({ length: exact }, (_, index) => raw(`e${index}`))
  if (config.blocking === 'none') return [pairs(sql`SELECT * FROM lv`, sql`SELECT * FROM rv`, equal)]
  return methods.flatMap((method, index) => {
    const text = raw(`c${index}`)
    switch (config.blocking) {
      case 'words':
        return [sharing(words(text), index, equal)]
      case 'sound':
        return [sharing(soundCodes(text), index, equal)]
      case 'letters':
        return [sharing(sql`[left(${text}, ${config.letters})]`, index, equal)]
      default:
        return complete(method, index, config.threshold, equal)
    }
  })
}

function complete(method: ScoredMethod, index: number, threshold: number, equal: readonly Sql[]): Sql[] {
  const t = raw(String(threshold))
  switch (method) {
    case 'levenshtein':
    case 'token_sort':
      return [withinEdits(index, t, 1, true, equal), withinEdits(index, t, 1, false, equal)]
    case 'damerau_levenshtein':
      // A swap is two edits of Levenshtein's.
      return [withinEdits(index, t, 2, true, equal), withinEdits(index, t, 2, false, equal)]
    case 'jaccard':
    case 'trigram':
      return [rarest(index, t, equal)]
    case 'token_set':
      return [
        withinEdits(index, t, 1, true, equal),
        withinEdits(index, t, 1, false, equal),
        covering(index, t, true, equal),
        covering(index, t, false, equal),
      ]
    case 'jaro_winkler':
      return [
        sharing(soundCodes(raw(`c${index}`)), index, equal),
        sharing(sql`[left(${raw(`c${index}`)}, 3)]`, index, equal),
      ]
  }
}

function pairs(left: Sql, right: Sql, on: readonly Sql[], more: readonly Sql[] = []): Sql {
  const tests = [...on.map((column) => sql`l.${column} = r.${column}`), ...more]
  return tests.length > 0
    ? sql`SELECT l.id AS l, r.id AS r FROM (${left}) AS l JOIN (${right}) AS r ON ${joinSql(tests, ' AND ')}`
    : sql`SELECT l.id AS l, r.id AS r FROM (${left}) AS l CROSS JOIN (${right}) AS r`
}

/** The bits in which the signatures of a pair differ. */
const differing: Sql = raw('(CAST(bit_count(xor(l.ga, r.ga)) AS INTEGER) + bit_count(xor(l.gb, r.gb)))')
const signatureOf = (index: number): Sql => raw(`g${index}[1] AS ga, g${index}[2] AS gb`)

const selected = (columns: readonly Sql[]): Sql =>
  joinSql(
    columns.map((column) => sql`, ${column}`),
    '',
  )

/** Values that have an item of a list in common. */
function sharing(list: Sql, index: number, equal: readonly Sql[]): Sql {
  const side = (table: string): Sql =>
    sql`SELECT id${selected(equal)}, unnest(${list}) AS item FROM ${raw(table)} WHERE ${raw(`c${index}`)} IS NOT NULL`
  return pairs(side('lv'), side('rv'), [...equal, raw('item')])
}

/**
 * Texts within `k` edits, where `k` follows from the threshold and the longer length `n`. The longer text is cut into k + 1 segments: k edits
 * leave one of them whole, with as many edits to its left as there are segments before it, so that it stands in the shorter text near its
 * own place (Li, Deng, Wang, Feng: PassJoin, VLDB 2012). All is counted in bytes, as DuckDB's `levenshtein` does: a byte is two
 * characters of the hexadecimal form.
 * @param longerLeft which side has the longer text; equal lengths belong to the left
 */
function withinEdits(index: number, t: Sql, factor: number, longerLeft: boolean, equal: readonly Sql[]): Sql {
  const text = raw(`s${index}`)
  const [long, short] = longerLeft ? [raw('lv'), raw('rv')] : [raw('rv'), raw('lv')]
  const side = (table: Sql): Sql =>
    sql`SELECT id${selected(equal)}, hex(${text}) AS h, strlen(${text}) AS size, ${signatureOf(index)} FROM ${table} WHERE ${text} IS NOT NULL`
  const sizes = (table: Sql, name: string): Sql =>
    sql`SELECT DISTINCT strlen(${text}) AS ${raw(name)} FROM ${table} WHERE ${text} IS NOT NULL`
  const segments = sql`
    SELECT *, n // (k + 1) + CAST(seg >= k + 1 - n % (k + 1) AS BIGINT) AS width, seg * (n // (k + 1)) + greatest(0, seg - (k + 1 - n % (k + 1))) AS start
    FROM (SELECT n, k, unnest(range(k + 1)) AS seg
      FROM (SELECT n, ${factor} * CAST(floor((1 - ${t}) * n + ${TOLERANCE}) AS BIGINT) AS k FROM (${sizes(long, 'n')})))`
  const fits = raw(longerLeft ? '>=' : '>')
  const places = sql`
    SELECT m, n, k, seg, width, unnest(range(greatest(0, start - seg, start + m - n - (k - seg)), least(m - width, start + seg, start + m - n + k - seg) + 1)) AS place
    FROM (${sizes(short, 'm')}) JOIN (${segments}) ON n ${fits} m AND m + ${TOLERANCE} >= ${t} * n`
  const whole = sql`
    SELECT v.id${selected(equal.map((column) => sql`v.${column}`))}, ga, gb, n, k, seg, substr(h, 2 * start + 1, 2 * width) AS piece
    FROM (${side(long)}) AS v JOIN (${segments}) AS shape ON v.size = shape.n`
  const parts = sql`
    SELECT v.id${selected(equal.map((column) => sql`v.${column}`))}, ga, gb, n, k, seg, substr(h, 2 * place + 1, 2 * width) AS piece
    FROM (${side(short)}) AS v JOIN (${places}) AS shape ON v.size = shape.m`
  const on = [...equal, raw('n'), raw('seg'), raw('piece')]
  // An edit takes away one letter at most, and adds one.
  const near = [sql`${differing} <= 2 * l.k`]
  return longerLeft ? pairs(whole, parts, on, near) : pairs(parts, whole, on, near)
}

/** Items of both sides with how many values have them: the rarer, the fewer pairs they make. */
const items = (index: number, equal: readonly Sql[]): Sql => {
  const list = raw(`w${index}`)
  const side = (table: string): Sql =>
    sql`SELECT ${table} AS side, id${selected(equal)}, len(${list}) AS n, ${raw(`c${index}`)} AS text, unnest(${list}) AS item, ${signatureOf(index)} FROM ${raw(table)} WHERE ${raw(`c${index}`)} IS NOT NULL`
  return sql`SELECT *, count(*) OVER (PARTITION BY item) AS frequency FROM (${side('lv')} UNION ALL ${side('rv')})`
}

/**
 * Sets of which the share `t` is common have an item in common among the rarest of each: leaving out n − ⌈t·n⌉ + 1 items leaves too few
 * to be shared (Chaudhuri, Ganti, Kaushik: the prefix filter, ICDE 2006).
 */
function rarest(index: number, t: Sql, equal: readonly Sql[]): Sql {
  const prefix = sql`SELECT * FROM (${items(index, equal)})
    QUALIFY row_number() OVER (PARTITION BY side, id ORDER BY frequency, item) <= n - ceil(${t} * n - ${TOLERANCE}) + 1`
  return sql`WITH prefix AS MATERIALIZED (${prefix}) ${pairs(sql`SELECT * FROM prefix WHERE side = 'lv'`, sql`SELECT * FROM prefix WHERE side = 'rv'`, [...equal, raw('item')], [sql`l.n + ${TOLERANCE} >= ${t} * r.n`, sql`r.n + ${TOLERANCE} >= ${t} * l.n`, sql`${differing} <= (1 - ${t}) / (1 + ${t}) * (l.n + r.n) + ${TOLERANCE}`])}`
}

/**
 * Texts of which the common words are the share `t`: the others make up 1 − t of it at most. Either one common word is that much, or there are two;
 * the two rarest of these have little enough before and between them, in the order from rare to frequent. So every text gives few pairs
 * of words, and few texts share a pair, where thousands share a word.
 * @param left which side's text is covered
 */
function covering(index: number, t: Sql, left: boolean, equal: readonly Sql[]): Sql {
  const [own, other] = left ? ['lv', 'rv'] : ['rv', 'lv']
  const rare = raw('PARTITION BY id ORDER BY frequency, item')
  const placed = sql`SELECT *, strlen(item) + 1 AS size, row_number() OVER (${rare}) AS place,
      sum(strlen(item) + 1) OVER (PARTITION BY id) AS total, sum(strlen(item) + 1) OVER (${rare}) AS up_to
    FROM (${items(index, equal)}) WHERE side = ${own}`
  const spare = (row: string): Sql => sql`(1 - ${t}) * (${raw(row)}.total - 1) + ${TOLERANCE}`
  const few = sql`
    SELECT id${selected(equal)}, item FROM placed WHERE total - size <= ${spare('placed')}
    UNION ALL SELECT a.id${selected(equal.map((column) => sql`a.${column}`))}, least(a.item, b.item) || ' ' || greatest(a.item, b.item) AS item
    FROM placed AS a JOIN placed AS b ON a.id = b.id AND a.place < b.place AND b.up_to - b.size - a.size <= ${spare('b')}`
  const list = raw(`w${index}`)
  // The list is in the order of the alphabet, as least() and greatest() are.
  const pairsOfWords = sql`flatten(list_transform(range(1, len(${list})), lambda i: list_transform(${list}[i + 1:], lambda word: ${list}[i] || ' ' || word)))`
  const all = sql`SELECT id${selected(equal)}, unnest(list_concat(${list}, ${pairsOfWords})) AS item FROM ${raw(other)} WHERE ${raw(`c${index}`)} IS NOT NULL`
  const on = [...equal, raw('item')]
  return sql`WITH placed AS MATERIALIZED (${placed}) ${left ? pairs(few, all, on) : pairs(all, few, on)}`
}
