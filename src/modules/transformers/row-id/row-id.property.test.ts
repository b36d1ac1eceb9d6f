import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { rowId } from './implementation.ts'

const columns = [
  { name: 'a', type: 'VARCHAR' },
  { name: 'b', type: 'VARCHAR' },
  { name: 'c', type: 'DOUBLE' },
]
const word = fc.option(
  fc.oneof(fc.constantFrom('', '~', '1:', ',', 'a', 'ab', 'b', 'é', '📦'), fc.string({ maxLength: 4 })),
  {
    nil: null,
  },
)
const usable = (row: readonly (string | number | null)[]) => !row.some((cell) => String(cell).includes('\0'))
const rows = fc.array(fc.tuple(word, word, fc.option(fc.constantFrom(0, 1, 1.5), { nil: null })).filter(usable), {
  maxLength: 12,
})

it('a hash is that of the serialised row, and different rows have different hashes', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom('md5', 'sha1', 'sha256', 'hash64'), async (table, algorithm) => {
      const { out } = await evaluate(rowId, { kind: 'hash', algorithm, name: 'h' }, { in: { columns, rows: table } })
      const written = (cell: string | number | null) =>
        typeof cell === 'number' && Number.isInteger(cell) ? `${cell}.0` : cell === null ? null : String(cell)
      const texts = table.map((row) =>
        row
          .map(written)
          .map((cell) => (cell === null ? '~' : `${Buffer.byteLength(cell)}:${cell}`))
          .join(','),
      )
      const expected = texts.map((text) => {
        if (algorithm !== 'hash64') return createHash(algorithm).update(text).digest('hex')
        return String(createHash('md5').update(text).digest().readBigUInt64LE(8))
      })
      expect(out?.rows.map((row) => row[3])).toEqual(expected)
      const different = new Set(table.map((row) => JSON.stringify(row.map(written)))).size
      expect(new Set(expected).size).toBe(different)
    }),
    { numRuns: 50 },
  )
})

it('many columns are serialised as few are', async () => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    name: `c${index}`,
    type: index % 2 ? 'VARCHAR' : 'INTEGER',
  }))
  const row = many.map((_, index) => (index % 7 === 0 ? null : String(index)))
  const { out } = await evaluate(
    rowId,
    { kind: 'hash', algorithm: 'sha256', name: 'h' },
    { in: { columns: many, rows: [row] } },
  )
  const text = row.map((cell) => (cell === null ? '~' : `${cell.length}:${cell}`)).join(',')
  expect(out?.rows[0]?.[30]).toBe(createHash('sha256').update(text).digest('hex'))
})
