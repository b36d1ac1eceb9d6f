import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../shared/errors.ts'
import { type FileLab, openFileLab } from '../kit/files/testing.ts'
import { hostileTables } from '../kit/hostile.ts'
import { hostileQuery } from '../kit/hostile-query.ts'
import { PAIRS } from './round-trips.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

/** The code of the error that a table ends with, on the way out or back in; it names the column where one is at fault. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  json: {
    'NaN and infinity': 'json.no-number',
    'decimals that are all fraction': 'target.type',
  },
  ndjson: {
    'NaN and infinity': 'json.no-number',
    'decimals that are all fraction': 'target.type',
  },
  // A name with a blank is no name of an element: it is written as another.
  xml: {
    'names with blanks, keywords and emoji': 'column.missing',
  },
  parquet: { '128-bit limits': 'parquet.value' },
  arrow: { 'infinite dates': 'arrow.value', '128-bit limits': 'arrow.type' },
  sqlite: {
    'NaN and infinity': 'sqlite.nan',
  },
}

/** Wider types that hold the same: SQLite has one of whole numbers, and none of lists and structs, which are JSON there. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  sqlite: ['INTEGER', 'INTEGER[]', 'STRUCT(a INTEGER, "b c" VARCHAR)'],
}

/** Nested values are elements, and what has none of them is no longer an empty list. */
const CHANGED_BY_XML = ['structs', 'lists']

describe.each(PAIRS)('$name', ({ name, load, extract, write, read }) => {
  for (const table of hostileTables) {
    // Nested values are texts in CSV; 2,000 columns have tests of their own where text is read as types.
    if (name === 'csv' && /\[\]|STRUCT/.test(table.type)) continue
    if (name === 'xml' && CHANGED_BY_XML.includes(table.name)) continue
    if (table.name === '2,000 columns' && !['parquet', 'duckdb'].includes(name)) continue
    it(`gives back ${table.name} as they were, or says what it cannot hold`, async () => {
      const query = hostileQuery(table)
      const before = await lab.session.query(query)
      const there = async () => {
        await lab.load(load, write, query)
        return lab.extract(extract, read(table))
      }
      const code = REFUSED[name]?.[table.name]
      if (code !== undefined) {
        const error = await there().then(() => undefined, toErrorInfo)
        expect(error).toMatchObject({ kind: 'user', code })
        if (code !== 'column.missing' && table.rows.length > 0) expect(error?.message).toMatch(/\bvalue\b|\bother\b/)
        return
      }
      const after = await there()
      expect(after.columns.map((column) => column.name)).toEqual(before.columns.map((column) => column.name))
      const wider = WIDER[name] ?? []
      const types = (columns: readonly { type: string }[]) =>
        columns.map(({ type }, index) => (wider.includes(before.columns[index]?.type ?? '') ? '' : type))
      expect(types(after.columns)).toEqual(types(before.columns))
      const texts = (rows: readonly (readonly (string | null)[])[]) =>
        wider.includes(table.type) && /\[\]|STRUCT/.test(table.type)
          ? rows.map((row) => row.map((cell) => cell?.replaceAll(' ', '') ?? null))
          : rows
      expect(texts(after.rows)).toEqual(texts(before.rows))
    }, 60_000)
  }
})
