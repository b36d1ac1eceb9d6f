import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { textExtract } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const read = async (content: string | Uint8Array, config: object = {}, port?: string, name = 'a.log') => {
  await lab.write(name, content)
  const table = await lab.extract(textExtract, { path: name, ...config }, port)
  return { types: Object.fromEntries(table.columns.map(({ name, type }) => [name, type])), rows: table.rows }
}

it('reads lines whatever ends them, with their numbers', async () => {
  expect(
    (await read('a\r\nb\rc\n\n d', { skip: 1, row_number_column: 'n', columns: { line: { type: 'VARCHAR' } } })).rows,
  ).toEqual([
    ['b', '1'],
    ['c', '2'],
    [' d', '3'],
  ])
  expect((await read(gzipSync('é\n'), {}, undefined, 'b.log.gz')).rows).toEqual([['é']])
})

it('takes lines apart by a pattern, with types; what does not match is a bad row', async () => {
  const config = { format: 'pattern', pattern: String.raw`(?<day>\S+) (?<n>\d+)(?: (?<more>.*))?` }
  const { types, rows } = await read('2024-02-29 1\n2024-03-01 22 x y\n', config)
  expect(types).toEqual({ day: 'DATE', n: 'BIGINT', more: 'VARCHAR' })
  expect(rows).toEqual([
    ['2024-02-29', '1', null],
    ['2024-03-01', '22', 'x y'],
  ])
  await expect(read('2024-02-29 1\nnonsense\n', config)).rejects.toThrow(
    'a.log, line 2: this line does not match the pattern.',
  )
  const rejected = { ...config, on_bad_row: 'reject' }
  expect((await read('2024-02-29 1\nnonsense\n', rejected, 'reject')).rows).toEqual([
    ['a.log', '2', null, 'this line does not match the pattern', 'nonsense'],
  ])
  expect((await read('x\n2024-02-29 1\n', { ...config, unmatched: 'skip' })).rows).toHaveLength(1)
  await expect(read('x', { format: 'pattern', pattern: '.*' })).rejects.toMatchObject({
    info: { code: 'text.no-pattern' },
  })
})

it('puts records of several lines together', async () => {
  const config = { format: 'pattern', record_starts: String.raw`^\d`, pattern: String.raw`(?<n>\d+) (?<what>[\s\S]*)` }
  expect((await read('1 a\n  at b\n  at c\n2 d\n', config)).rows).toEqual([
    ['1', 'a\n  at b\n  at c'],
    ['2', 'd'],
  ])
})

it('knows the logs of web servers, systems and logfmt', async () => {
  const combined = await read(
    String.raw`127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?b=1 HTTP/1.0" 200 2326 "-" "Mozilla \"5\""
::1 - - [10/Oct/2000:13:55:37 -0700] "\x16\x03" 400 - "-" "-"`,
    { format: 'combined' },
  )
  expect(combined.types).toMatchObject({ time: 'TIMESTAMP WITH TIME ZONE', status: 'BIGINT', bytes: 'BIGINT' })
  expect(combined.rows.map((row) => row.slice(2, 10))).toEqual([
    ['frank', '2000-10-10 20:55:36+00', 'GET', '/a?b=1', 'HTTP/1.0', null, '200', '2326'],
    [null, '2000-10-10 20:55:37+00', null, null, null, '\\x16\\x03', '400', null],
  ])
  expect((await read('<34>Oct 11 22:14:15 mymachine su[42]: failed for x', { format: 'syslog' })).rows).toEqual([
    ['34', 'Oct 11 22:14:15', 'mymachine', 'su', '42', 'failed for x'],
  ])
  const modern = '<165>1 2003-10-11T22:14:15.003Z host app - ID47 [a@1 b="c"] hello'
  expect((await read(modern, { format: 'syslog_5424' })).rows[0]?.slice(2)).toEqual([
    '2003-10-11 22:14:15.003+00',
    'host',
    'app',
    null,
    'ID47',
    '[a@1 b="c"]',
    'hello',
  ])
  const logfmt = await read('at=info n=1 msg="a \\"b\\"" flag\nn=2 e=\n', { format: 'logfmt' })
  expect(logfmt.types).toEqual({ at: 'VARCHAR', n: 'BIGINT', msg: 'VARCHAR', flag: 'BOOLEAN', e: 'VARCHAR' })
  expect(logfmt.rows).toEqual([
    ['info', '1', 'a "b"', 'true', null],
    [null, '2', null, null, null],
  ])
})

it('accounts for every line of hostile files', async () => {
  await expect(read('')).rejects.toMatchObject({ info: { code: 'text.empty' } })
  const content = `ok\n\0bin\n${'x'.repeat(11_000_000)}\nlast`
  expect((await read(content, { on_bad_row: 'reject' })).rows.map((row) => row[0])).toEqual(['ok', 'last'])
  expect((await read(content, { on_bad_row: 'reject' }, 'reject')).rows.map((row) => row[1])).toEqual(['2', '3'])
  await expect(read(Buffer.from([0xff, 0x41, 0x0a]))).rejects.toMatchObject({
    info: { code: 'encoding.invalid-bytes' },
  })
})

it('ends a pattern that backtracks for ever, and names the line', async () => {
  const content = `${'a'.repeat(20)}\n${'a'.repeat(60)}!\naa\n`
  await expect(read(content, { format: 'pattern', pattern: '(?<all>(a+)+)' })).rejects.toMatchObject({
    info: {
      code: 'text.slow-pattern',
      message: 'a.log, line 2: the pattern takes too long on this line.',
      field: ['pattern'],
    },
  })
  await expect(read(content, { record_starts: '^(a+)+$' }, undefined, 'b.log')).rejects.toMatchObject({
    info: { code: 'text.slow-pattern', field: ['record_starts'] },
  })
})
