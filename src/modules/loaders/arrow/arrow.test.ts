import { spawnSync } from 'node:child_process'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMillisecond,
  Float16,
  Int32,
  makeData,
  makeVector,
  Null,
  Table,
  TimestampNanosecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { arrowExtract } from '../../extractors/arrow/implementation.ts'
import { decodeLz4Frame } from '../../kit/files/arrow/codecs.ts'
import { daysOf, dayText, instantOf, instantText } from '../../kit/files/arrow/instants.ts'
import { checkLengths } from '../../kit/files/arrow/read-values.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
import { arrowLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const write = (config: object, query: string) => lab.load(arrowLoad, { path: 'a.arrow', ...config }, raw(query))
const read = (config: object = {}) => lab.extract(arrowExtract, { path: 'a.arrow', ...config })

const SCALARS = [
  'true::BOOLEAN',
  '(-128)::TINYINT',
  '(-32768)::SMALLINT',
  '(-2147483648)::INTEGER',
  '(-9223372036854775808)::BIGINT',
  '255::UTINYINT',
  '65535::USMALLINT',
  '4294967295::UINTEGER',
  '18446744073709551615::UBIGINT',
  '0.1::FLOAT',
  "'-inf'::DOUBLE",
  "'nan'::DOUBLE",
  '-0.0::DOUBLE',
  '(-99999999999999999999999999999999999999)::DECIMAL(38,0)',
  '-1.05::DECIMAL(5,2)',
  '0.0000001::DECIMAL(30,9)',
  "'é\"\\ 📦'::VARCHAR",
  "''::VARCHAR",
  '\'{"a": 1.50}\'::JSON',
  "'\\x00\\xFFa'::BLOB",
  "'00112233-4455-6677-8899-aabbccddeeff'::UUID",
  "DATE '0044-03-15 (BC)'",
  "DATE '20000-12-31'",
  "TIME '23:59:59.999999'",
  "'01:02:03.123456789'::TIME_NS",
  "TIMESTAMP '1500-01-01 00:00:00.000001'",
  "TIMESTAMP '0001-01-01 (BC) 23:59:59'",
  "'2262-04-11 23:47:16.854775806'::TIMESTAMP_NS",
  "TIMESTAMPTZ '12000-01-01 00:00:00.5+02'",
  "INTERVAL '-14 months -3 days 100:00:00.000001'",
]

describe('what is written is read as it was', () => {
  for (const format of ['file', 'stream'])
    for (const compression of ['none', 'zstd'])
      it(`scalars of every type, and their NULLs, in a ${format}, ${compression}`, async () => {
        const values = SCALARS.map((value, index) => `${value} AS "c ${index}"`).join(', ')
        const query = `SELECT * FROM (SELECT ${values}) UNION ALL SELECT ${SCALARS.map(() => 'NULL').join(', ')}`
        expect(await write({ format, compression }, query)).toEqual({ rows: 2n, written: ['a.arrow'] })
        expect(await read()).toEqual(await lab.session.query(raw(query)))
      })

  it('lists, arrays, structs and maps of every scalar, nested', async () => {
    const columns = SCALARS.filter((value) => !value.endsWith('JSON')).flatMap((value, index) => [
      `[[${value}, NULL], NULL, []] AS l${index}`,
      `array_value(${value}, NULL) AS a${index}`,
      `{'a "b': ${value}, 'c': {'d': NULL::${'INTEGER'}}} AS s${index}`,
      `MAP {'k "=,': ${value}, '': NULL} AS m${index}`,
    ])
    const query = `SELECT ${columns.join(', ')} UNION ALL SELECT ${columns.map(() => 'NULL').join(', ')}`
    await write({}, query)
    const [found, expected] = [await read(), await lab.session.query(raw(query))]
    expect(found.columns).toEqual(
      expected.columns.map(({ name, type }) => ({ name, type: type.replace('TIMESTAMP_S', 'TIMESTAMP') })),
    )
    expect(found.rows).toEqual(expected.rows)
  })

  it('no rows, many batches in order, and the same rows are the same bytes', async () => {
    await write({}, 'SELECT 1 AS a, [2] AS b WHERE false')
    expect(await read()).toEqual({
      columns: [
        { name: 'a', type: 'INTEGER' },
        { name: 'b', type: 'INTEGER[]' },
      ],
      rows: [],
    })
    const query = "SELECT i AS id, 'x' || i AS v, CASE WHEN i % 3 = 0 THEN [i] END AS l FROM range(20001) AS r(i)"
    await write({ batch_rows: 999 }, query)
    const before = await readFile(join(lab.root, 'a.arrow'))
    const { rows } = await read({ row_number_column: 'n' })
    expect(rows).toHaveLength(20_001)
    expect(rows[19_998]).toEqual(['19998', 'x19998', '[19998]', '19999'])
    await write({ batch_rows: 999 }, query)
    expect((await readFile(join(lab.root, 'a.arrow'))).equals(before)).toBe(true)
  })

  it('random tables', async () => {
    const cell = fc.record({
      i: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      s: fc.option(fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'))),
      d: fc.option(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })),
      l: fc.option(fc.array(fc.option(fc.string({ maxLength: 6 }).filter((text) => !text.includes('\0'))))),
    })
    const text = (value: string) => `'${value.replaceAll("'", "''")}'`
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, batch_rows) => {
          const values = rows.map(({ i, s, d, l }) => {
            const items = l === null ? 'NULL' : `[${l.map((item) => (item === null ? 'NULL' : text(item))).join(', ')}]`
            return `(${i === null ? 'NULL' : text(String(i))}::BIGINT, ${s === null ? 'NULL' : text(s)}::VARCHAR, ${d === null ? 'NULL' : text(String(d))}::DECIMAL(38,0), ${items}::VARCHAR[])`
          })
          const query = `SELECT * FROM (VALUES ${values.join(', ')}) AS t(i, s, d, l)`
          await write({ batch_rows }, query)
          expect(await read()).toEqual(await lab.session.query(raw(query)))
        },
      ),
      { numRuns: 40 },
    )
  })
})

it('refuses what Arrow cannot hold, and leaves the target as it was', async () => {
  await write({}, 'SELECT 1 AS a')
  const before = await readFile(join(lab.root, 'a.arrow'))
  const refused = (query: string) => expect(write({}, query)).rejects
  await refused('SELECT 1::HUGEINT AS a').toThrow('Column a is HUGEINT, which Arrow does not hold exactly.')
  await refused("SELECT ['1'::BIT] AS a").toMatchObject({ info: { code: 'arrow.type' } })
  await refused("SELECT ['{}'::JSON] AS a").toMatchObject({ info: { code: 'arrow.type' } })
  await refused("SELECT DATE '2024-01-01' AS a UNION ALL SELECT 'infinity'::DATE").toThrow(
    'Row 2, column a: infinity is no day, which Arrow does not hold.',
  )
  await expect(write({ mode: 'fail' }, 'SELECT 1 AS a')).rejects.toMatchObject({ info: { code: 'target.exists' } })
  expect((await readFile(join(lab.root, 'a.arrow'))).equals(before)).toBe(true)
})

describe('files of others', () => {
  const vector = <T>(given: T) => given
  it('hold dictionaries, half floats, dates in milliseconds, durations, 256-bit decimals and nulls', async () => {
    const table = new Table({
      d: vector(vectorFromArray(['a', null, 'b', 'a'], new Dictionary(new Utf8(), new Int32()))),
      h: makeVector(makeData({ type: new Float16(), data: Uint16Array.of(0x3c00, 0x7c00, 0x0001, 0xc000) })),
      day: makeVector(
        makeData({
          type: new DateMillisecond(),
          data: BigInt64Array.of(0n, -86_400_000n, 1n * 86_400_000n, 0n) as never,
        }),
      ),
      p: makeVector(makeData({ type: new DurationMillisecond(), data: BigInt64Array.of(1500n, -1n, 0n, 1n) })),
      w: makeVector(
        makeData({
          type: new Decimal(2, 30, 256),
          data: Uint32Array.of(150, 0, 0, 0, 0, 0, 0, 0, ...new Array(8).fill(0xffffffff), ...new Array(16).fill(0)),
        }),
      ),
      n: makeVector(makeData({ type: new Null(), length: 4 })),
    })
    await lab.write('a.arrow', tableToIPC(table, 'file'))
    const { columns, rows } = await read()
    expect(columns.map(({ type }) => type)).toEqual([
      'VARCHAR',
      'FLOAT',
      'DATE',
      'INTERVAL',
      'DECIMAL(30,2)',
      'INTEGER',
    ])
    expect(rows).toEqual([
      ['a', '1.0', '1970-01-01', '00:00:01.5', '1.50', null],
      [null, 'inf', '1969-12-31', '-00:00:00.001', '-0.01', null],
      ['b', '5.9604645e-08', '1970-01-02', '00:00:00', '0.00', null],
      ['a', '-2.0', '1970-01-01', '00:00:00.001', '0.00', null],
    ])
  })

  it('are refused by name where a type or a value would lose something', async () => {
    const one = (name: string, data: unknown) =>
      new Table({ [name]: makeVector(data as never), ok: vectorFromArray([1], new Int32()) })
    await lab.write(
      'a.arrow',
      tableToIPC(one('w', makeData({ type: new Decimal(0, 60, 256), data: new Uint32Array(8) })), 'stream'),
    )
    await expect(read()).rejects.toThrow(
      'Column w of a.arrow is a decimal of 60 digits, 0 of them behind the point, which is not read.',
    )
    // The column that is asked for is read.
    expect(
      (await lab
        .extract(arrowExtract, { path: 'a.arrow', columns: ['OK'] })
        .catch((error) => error.info.code)) as unknown,
    ).toMatchObject({ rows: [['1']] })
    await lab.write(
      'a.arrow',
      tableToIPC(
        one('t', makeData({ type: new TimestampNanosecond('UTC'), data: BigInt64Array.of(1n) as never })),
        'stream',
      ),
    )
    await expect(read()).rejects.toThrow('in row 1, column t, a time has nanoseconds')
    await expect(read({ columns: ['x'] })).rejects.toMatchObject({ info: { code: 'column.not-found' } })
  })

  it('that are cut off or garbage are told, wherever the cut is', async () => {
    for (const format of ['file', 'stream']) {
      await write({ format, batch_rows: 2 }, "SELECT i AS a, 'text ' || i AS b FROM range(5) AS r(i)")
      const whole = await readFile(join(lab.root, 'a.arrow'))
      for (let length = 0; length < whole.length; length += 41) {
        await writeFile(join(lab.root, 'a.arrow'), whole)
        await truncate(join(lab.root, 'a.arrow'), length)
        const outcome = await read().then(
          ({ rows }) => rows.length,
          (error) => String(error.info?.code),
        )
        expect(outcome).toMatch(/^arrow[.](unreadable|cut-off)$/)
      }
    }
    await lab.write('a.arrow', 'this is a text and no Arrow file at all\0\0\0\0\0\0\0\0')
    await expect(read()).rejects.toMatchObject({ info: { code: 'arrow.unreadable' } })
  })

  it('of which bytes were changed never crash', async () => {
    await write({ batch_rows: 2 }, "SELECT i AS a, 'text ' || i AS b, [i] AS l FROM range(5) AS r(i)")
    const whole = await readFile(join(lab.root, 'a.arrow'))
    for (let at = 8; at < whole.length - 8; at += 97) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 0xff
      await writeFile(join(lab.root, 'a.arrow'), changed)
      const outcome = await read().then(
        () => 'read',
        (error) => String(error.info?.code),
      )
      expect(outcome).toMatch(/^(read|arrow[.][a-z-]+|column[.][a-z-]+|data[.]invalid|stage[.]type)$/)
    }
  })
})

it('reads several files by the names of their columns', async () => {
  await write({ path: 'd/a.arrow' }, "SELECT 1 AS id, 'x' AS v")
  await write({ path: 'd/b.arrow', format: 'stream' }, "SELECT 'y' AS V, 2 AS ID")
  const { rows } = await read({ path: 'd/', file_name_column: 'f' })
  expect(rows).toEqual([
    ['1', 'x', 'd/a.arrow'],
    ['2', 'y', 'd/b.arrow'],
  ])
  await write({ path: 'd/c.arrow' }, "SELECT 'z' AS id")
  await expect(read({ path: 'd/' })).rejects.toThrow('Column id is INTEGER in d/a.arrow and VARCHAR in d/c.arrow.')
})

it('knows days and instants of any year', () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n }), (days) => daysOf(dayText(days)) === days))
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      (value) => instantOf(instantText(value, 6), 6) === value,
    ),
  )
  expect([dayText(0n), dayText(-719_468n), dayText(-719_529n)]).toEqual([
    '1970-01-01',
    '0000-03-01'.replace('0000', '0001') + ' (BC)',
    '0002-12-31 (BC)',
  ])
})

it('tells a column that promises more values than it has before it looks at them', () => {
  const whole = makeData({ type: new Int32(), length: 2, nullCount: 0, data: Int32Array.of(1, 2) })
  expect(() => checkLengths(whole, 2)).not.toThrow()
  expect(() => checkLengths(whole, 3)).toThrow('the file ends before its values do')
  const short = makeData({ type: new Int32(), length: 2_000_000_000, nullCount: 0, data: Int32Array.of(1, 2) })
  expect(() => checkLengths(short, 2)).toThrow('the file ends before its values do')
})

it('reads LZ4 frames', () => {
  // `abcabcabcabcabcabc!`, as the reference implementation packs it: three letters, and a copy that reaches into itself.
  const block = Uint8Array.of(0x3b, 0x61, 0x62, 0x63, 3, 0, 0x10, 0x21)
  const frame = Uint8Array.of(4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, block.length, 0, 0, 0, ...block, 0, 0, 0, 0)
  expect(Buffer.from(decodeLz4Frame(frame)).toString()).toBe('abcabcabcabcabcabc!')
  expect(() => decodeLz4Frame(frame.subarray(0, 15))).toThrow(RangeError)
})

const python = process.env.LOGIDATA_TEST_PYTHON ?? 'python3'
const hasPyarrow = spawnSync(python, ['-c', 'import pyarrow']).status === 0
it.skipIf(!hasPyarrow)('is read by pyarrow (skipped where that is not installed)', async () => {
  await write(
    {},
    `SELECT 9007199254740993::BIGINT AS a, [1.5::DECIMAL(9,2)] AS b, DATE '2024-02-29' AS c, {'k': 'é📦'} AS d, NULL::INTEGER AS e
    UNION ALL SELECT NULL, NULL, NULL, NULL, 7`,
  )
  const script = `import pyarrow.feather as f; t = f.read_table(${JSON.stringify(join(lab.root, 'a.arrow'))}); t.validate(full=True); print(t.to_pylist())`
  const { stdout, stderr } = spawnSync(python, ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONUTF8: '1' },
  })
  expect(stdout.trim() || stderr).toBe(
    "[{'a': 9007199254740993, 'b': [Decimal('1.50')], 'c': datetime.date(2024, 2, 29), 'd': {'k': 'é📦'}, 'e': None}, {'a': None, 'b': None, 'c': None, 'd': None, 'e': 7}]",
  )
})
