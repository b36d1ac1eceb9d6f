import { type Sql, sql } from './sql.ts'
import { classOf } from './text-sql.ts'

interface Mapping {
  readonly from: string
  readonly to: string
  readonly pattern: string
}

const BETWEEN = '\u0001'
let mapping: Mapping | undefined

/** Characters with a compatibility decomposition (full width, ligatures, circled digits …): DuckDB has no NFKC, JavaScript knows the table. */
function compatibility(): Mapping {
  if (mapping) return mapping
  const pairs: [string, string][] = []
  for (let code = 0xa0; code < 0x1_ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    const character = String.fromCodePoint(code)
    const decomposed = character.normalize('NFKD')
    if (decomposed !== character.normalize('NFD')) pairs.push([character, decomposed])
  }
  const from = pairs.map(([character]) => character).join('')
  mapping = { from, to: pairs.map(([, text]) => text).join(BETWEEN), pattern: `[${ranges(from)}]` }
  return mapping
}

function ranges(characters: string): string {
  const codes = [...characters].map((character) => character.codePointAt(0) ?? 0)
  let text = ''
  for (let at = 0; at < codes.length; ) {
    const start = at
    while (codes[at + 1] === (codes[at] ?? 0) + 1) at++
    text += `${classOf(String.fromCodePoint(codes[start] ?? 0))}-${classOf(String.fromCodePoint(codes[at] ?? 0))}`
    at++
  }
  return text
}

/** Unicode's NFKC: NFC of a text whose compatibility characters were decomposed one by one. @param value used several times */
export function nfkc(value: Sql): Sql {
  const { from, to, pattern } = compatibility()
  const place = sql`list_position(string_split(${from}, ''), character)`
  const replaced = sql`list_transform(string_split(${value}, ''), lambda character: coalesce(string_split(${to}, ${BETWEEN})[${place}], character))`
  return sql`nfc_normalize(CASE WHEN regexp_matches(${value}, ${pattern}) THEN array_to_string(${replaced}, '') ELSE ${value} END)`
}
