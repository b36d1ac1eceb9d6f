import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BinaryRows } from './binary.ts'
import type { ColumnPlan } from './types.ts'

// What a server sends is read on the real one by extractors/postgres/fidelity.test.ts; here is what none sends.

const column = (about: Pick<ColumnPlan, 'base' | 'item' | 'kind'>): ColumnPlan => ({
  name: about.base,
  given: about.base,
  output: '',
  depth: 0,
  asJson: false,
  ...about,
})
const PLANS = [
  column({ base: 'int4', item: 'INTEGER', kind: 'plain' }),
  column({ base: 'numeric', item: 'DECIMAL(9,2)', kind: 'decimal' }),
  column({ base: 'text', item: 'VARCHAR', kind: 'plain' }),
]
const OPTIONS = { infinity: 'fail', not_a_number: 'fail', max_row_megabytes: 1, unencoded: false } as const

const HEAD = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
const END = Buffer.of(0xff, 0xff)
const int2 = (value: number) => Buffer.of((value >> 8) & 0xff, value & 0xff)
const int4 = (value: number) => Buffer.concat([int2(value >> 16), int2(value)])
const value = (bytes: Buffer) => Buffer.concat([int4(bytes.length), bytes])
const NULL = int4(-1)
const NUMBER = Buffer.concat([1, 0, 0, 2, 12].map(int2))
const row = (...fields: readonly Buffer[]) => Buffer.concat([int2(fields.length), ...fields])
const good = row(value(int4(7)), value(NUMBER), value(Buffer.from('é')))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logidata-binary-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function taken(...messages: readonly Buffer[]): string {
  const path = join(folder, `${files++}.parquet`)
  const rows = new BinaryRows(path, PLANS, OPTIONS)
  try {
    for (const message of messages) rows.take(message, 0, message.length)
    rows.finish()
  } finally {
    rows.close()
  }
  return path
}

describe('bytes of COPY', () => {
  it('are rows, however they are cut into messages', () => {
    for (const messages of [[Buffer.concat([HEAD, good, good, END])], [HEAD, good, Buffer.concat([good, END])]]) {
      const path = taken(...messages)
      expect(existsSync(path)).toBe(true)
      expect(readFileSync(path).subarray(-4).toString()).toBe('PAR1')
    }
  })

  it.each([
    ['another signature', [Buffer.alloc(HEAD.length, 1), END]],
    ['a head that is cut', [HEAD.subarray(0, 15)]],
    ['fewer fields than columns', [HEAD, row(NULL, NULL), END]],
    ['more fields than columns', [HEAD, row(NULL, NULL, NULL, NULL), END]],
    ['no fields', [HEAD, row(), END]],
    ['a number of three bytes', [HEAD, row(value(Buffer.alloc(3)), NULL, NULL), END]],
    ['a number of eight bytes', [HEAD, row(value(Buffer.alloc(8)), NULL, NULL), END]],
    ['a decimal without its digits', [HEAD, row(NULL, value(NUMBER.subarray(0, 8)), NULL), END]],
    ['a decimal of three bytes', [HEAD, row(NULL, value(Buffer.alloc(3)), NULL), END]],
    ['a text longer than the message', [HEAD, Buffer.concat([int2(3), NULL, NULL, int4(100), Buffer.from('ab')]), END]],
    ['a length that is cut', [HEAD, Buffer.concat([int2(3), NULL, NULL, int2(0)]), END]],
    ['a row that is cut', [HEAD, good.subarray(0, 1), END]],
    ['rows after the last', [HEAD, good, END, good]],
    ['no last row', [HEAD, good]],
    ['nothing', []],
  ])('%s is refused', (_, messages) => {
    expect(() => taken(...messages)).toThrow('in a form that is not that of COPY')
  })

  it('never makes a file of what did not come to its end', () => {
    expect(() => taken(HEAD, good)).toThrow('in a form')
    expect(readFileSync(join(folder, `${files - 1}.parquet`)).includes('PAR1', 4)).toBe(false)
  })
})
