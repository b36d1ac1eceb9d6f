import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cell } from '../../shared/engine/types.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import { excelExtract } from '../extractors/excel/implementation.ts'
import { type FileLab, openFileLab } from '../kit/files/testing.ts'
import { literal, raw, type Sql, sql } from '../kit/sql.ts'
import { excelLoad } from './excel/implementation.ts'
import { PAIRS, type Pair } from './round-trips.ts'
import { LOSSES, TYPE_ROWS, type TypeRow } from './type-matrix.ts'

/** Formats that hold no types are read with those that were written. */
const FORMATS: readonly Pair[] = [
  ...PAIRS.filter(({ name }) => name !== 'ndjson'),
  {
    name: 'excel',
    load: excelLoad,
    extract: excelExtract,
    write: { path: 'a.xlsx' },
    read: (table) => ({
      path: 'a.xlsx',
      columns: Object.fromEntries(table.columns.map(({ name, type }) => [name, { type }])),
      trim: false,
      null_values: [],
    }),
  },
]
const TYPED = ['parquet', 'arrow', 'duckdb', 'sqlite']

let lab: FileLab
beforeAll(async () => {
  lab = await openFileLab()
})
afterAll(() => lab.close())

const queryOf = ({ type, values }: TypeRow): Sql => {
  if (values.length === 0) return raw(`SELECT 1 AS k, CAST(NULL AS ${type}) AS v WHERE FALSE`)
  const cells = [...values, 'NULL'].map((value, index) => `(${index}, CAST(${value} AS ${type}))`)
  return raw(`SELECT k, v FROM (VALUES ${cells.join(', ')}) AS t(k, v) ORDER BY k`)
}

/** `exact`; the other type that holds the same values; or the code of the error that says what is in the way. */
async function outcome(format: Pair, row: TypeRow): Promise<string> {
  const query = queryOf(row)
  const before = await lab.session.query(query)
  const written = await lab.load(format.load, format.write, query).then(() => undefined, toErrorInfo)
  if (written) return refusal(written)
  const given = row.readAs ?? row.type
  let refused: string | undefined
  for (const type of TYPED.includes(format.name) ? [given] : [given, 'VARCHAR']) {
    const columns = [
      { name: 'k', type: 'INTEGER' },
      { name: 'v', type },
    ]
    const table = { name: '', type, columns, rows: [], id: 'k', g: 'k', value: 'v', other: 'v' }
    const after = await lab.extract(format.extract, format.read(table)).catch(toErrorInfo)
    if ('code' in after) {
      refused ??= refusal(after)
      continue
    }
    const place = after.columns.findIndex(({ name }) => name === 'v')
    const cells = after.rows.map((cell) => cell[place] ?? null)
    const own = after.columns[place]?.type ?? 'NULL'
    const wanted = before.rows.map((cell) => cell[1] ?? null)
    if (own === row.type && same(cells, wanted)) return 'exact'
    if (same(await castBack(cells, own, row), wanted)) return `as ${own.startsWith('STRUCT') ? 'STRUCT' : own}`
    if (type !== 'VARCHAR') continue
    return `CHANGED: ${JSON.stringify([wanted, cells])}`.slice(0, 600)
  }
  return refused ?? 'CHANGED'
}

const same = (left: readonly Cell[], right: readonly Cell[]) => JSON.stringify(left) === JSON.stringify(right)

function refusal(error: { kind: string; code: string; message: string }): string {
  // Anything else would be a bug, or SQL that the person did not write.
  return error.kind === 'user' && !/Binder|LINE \d|read_|INTERNAL/.test(error.message)
    ? `refused: \`${error.code}\``
    : `UNCLEAR: ${error.code} ${error.message}`.slice(0, 600)
}

async function castBack(cells: readonly Cell[], own: string, { type }: TypeRow): Promise<readonly Cell[]> {
  const nested = /[[(]/.test(type) && !/^(DECIMAL|ENUM)/.test(type)
  const list = cells.map((cell, index) => {
    const text = cell === null ? 'NULL' : literal(cell).text
    const held = nested
      ? `CAST(${text} AS JSON)`
      : `CAST(CAST(${text} AS ${own}) AS ${own === 'BLOB' ? own : 'VARCHAR'})`
    return `SELECT ${index} AS k, TRY_CAST(${held} AS ${type}) AS v`
  })
  if (cells.length === 0) return []
  const query = sql`SELECT v FROM (${raw(list.join(' UNION ALL '))}) ORDER BY k`
  const back = await lab.session.query(query).catch(() => undefined)
  return back?.rows.map((cell) => cell[0] ?? null) ?? []
}

describe('what each format gives back of what was written to it', () => {
  const found = new Map<string, string>()
  for (const format of FORMATS)
    for (const row of TYPE_ROWS)
      it(`${format.name}: ${row.title}`, async () => {
        const loss = LOSSES[format.name]?.[row.title]
        const real = await outcome(format, row)
        // A loss that is no more is to be taken off the list.
        if (loss !== undefined) expect(real).toMatch(/^CHANGED/)
        const result = loss ?? real
        found.set(`${format.name} ${row.title}`, result)
        expect(result).not.toMatch(/^(CHANGED|UNCLEAR)/)
      }, 30_000)

  it('is what docs/formats.md says', async () => {
    const names = FORMATS.map(({ name }) => name)
    const lines = TYPE_ROWS.map(
      ({ title }) => `| ${title} | ${names.map((name) => found.get(`${name} ${title}`) ?? '').join(' | ')} |`,
    )
    const table = [`| type | ${names.join(' | ')} |`, `|---|${names.map(() => '---').join('|')}|`, ...lines].join('\n')
    await expect(`${INTRODUCTION}\n${table}\n`).toMatchFileSnapshot('../../../docs/formats.md')
  })
})

const INTRODUCTION = `# What files give back

Every type of DuckDB, with values at its limits, written by each load and read by the extract of the same format. This table is made by
\`src/modules/loaders/type-matrix.test.ts\`, which fails when a value comes back changed, when an error is unclear, or when the table is no longer
true (\`npx vitest run src/modules/loaders/type-matrix.test.ts -u\` writes it anew).

- **exact**: the same values in the same type.
- **as TYPE**: the same values in another type, from which a cast gives back the first.
- **refused**: an error of this code names the column and says what to do; nothing is written or read.
- **becomes**: the format has one notation for both.

CSV, JSON, XML and Excel hold no types: they are read with the types that were written, set in “Columns”. CSV is written and read with \`\\N\` for NULL,
XML with \`nulls: nil\`, \`empty: text\` and \`trim: false\`, since an empty text cannot be told from NULL otherwise; Excel with no
\`null_values\` and \`trim: false\`. What Excel would round or refuse is a text in its cell (\`inexact\`).
`
