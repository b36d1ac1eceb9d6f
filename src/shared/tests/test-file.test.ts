import { describe, expect, it } from 'vitest'
import { testJsonSchema } from './json-schema.ts'
import { readTest } from './read-test.ts'
import { casesOf, type TestFile } from './test-file.ts'
import { writeTest } from './write-test.ts'

const head = 'format: logidata-test/v1\nname: Totals\npipeline: pipelines/a.pipeline.yaml\n'
const read = (body: string) => readTest(head + body)
const problemsOf = (body: string) => read(body).problems.map(({ code, message }) => `${code}: ${message}`)

describe('reading a test', () => {
  it('keeps every value as the text that is written, and NULL apart from the word', () => {
    const right = read(`parameters: { since: 2024-01-01, least: 1.10 }
now: 2024-06-30T12:00:00Z
given:
  invoices:
    columns:
      - { name: id, type: BIGINT }
      - { name: total, type: "DECIMAL(38,2)" }
    rows:
      - [12345678901234567890, 1.10]
      - [null, "null"]
      - [true, 0x1F]
expect:
  out.rest:
    columns: [{ name: id }]
    ordered: true
    tolerance: 0.10
    rows: [[1.50], ['']]
`)
    expect(right.problems).toEqual([])
    expect(right.file).toMatchObject({
      parameters: { since: '2024-01-01', least: '1.10' },
      given: {
        invoices: {
          rows: [
            ['12345678901234567890', '1.10'],
            [null, 'null'],
            ['true', '0x1F'],
          ],
        },
      },
      expect: { 'out.rest': { ordered: true, tolerance: '0.10', rows: [['1.50'], ['']] } },
    })
  })

  it.each([
    ['', 'say nothing', 'test.invalid: The test: write what is expected under expect, or several cases under cases'],
    ['expect: { a: {} }', 'empty', 'say what is expected'],
    ['expect: { a: { count: -1 } }', 'count', 'write a number of rows'],
    ['expect: { A: { count: 1 } }', 'name', 'write a node, or node.port'],
    ['expect: { a: { count: 1, keys: [x] } }', 'keys', 'only rows can be compared so'],
    ['expect: { a: { error: x, count: 1 } }', 'error', 'an error leaves nothing else to expect'],
    ['expect: { a: { rows: [[1]] } }', 'columns', 'rows need columns'],
    ['given: { a: { columns: [{ name: x }], rows: [] } }\nexpect: { a: { count: 1 } }', 'types', 'write a type'],
    ['given: { a: { file: x.csv, rows: [] } }\nexpect: { a: { count: 1 } }', 'both', 'not both'],
    ['now: yesterday\nexpect: { a: { count: 1 } }', 'clock', 'write a day'],
    ['now: 2024-06-30T12:00:00\nexpect: { a: { count: 1 } }', 'zone', 'with its zone'],
    ['expct: { a: { count: 1 } }', 'key', 'test.unknown-key: “expct” is not known here.'],
    [
      'cases: [{ name: a, expect: { a: { count: 1 } } }, { name: a, expect: { a: { count: 1 } } }]',
      'twice',
      'another case',
    ],
    ['cases: []', 'none', 'Too small'],
  ])('refuses %j (%s)', (body, _, message) => {
    expect(problemsOf(body).join('\n')).toContain(message)
    expect(read(body).file).toBeUndefined()
  })

  it('says where', () => {
    expect(read('expect:\n  a:\n    count: some\n').problems[0]).toMatchObject({
      message: '“expect.a.count”: write a number of rows.',
      position: { line: 6, column: 12 },
    })
    expect(readTest('format: logidata/v1').problems[0]).toMatchObject({ code: 'test.format' })
    expect(readTest('a: [').problems[0]).toMatchObject({ code: 'test.syntax' })
    expect(readTest('').problems[0]).toMatchObject({ code: 'test.not-a-test' })
  })
})

describe('writing a test', () => {
  const file: TestFile = {
    format: 'logidata-test/v1',
    name: 'Totals',
    pipeline: 'pipelines/a.pipeline.yaml',
    given: {
      a: {
        columns: [
          { name: 'id', type: 'BIGINT' },
          { name: 'name', type: 'VARCHAR' },
        ],
        rows: [
          ['1', 'null'],
          ['12345678901234567890', null],
          ['-1.50', 'two\nlines'],
          ['', ' a: b # c'],
        ],
      },
    },
    cases: [
      { name: 'one', parameters: { x: '1.10' }, now: '2024-06-30', expect: { b: { count: '3' } } },
      { name: 'two', given: { c: { file: 'tests/data/c.csv' } }, expect: { 'b.rest': { error: 'assert.failed' } } },
      { name: 'three', expect: { b: { columns: [{ name: 'x' }], ordered: true, tolerance: { x: '0.1' }, rows: [] } } },
    ],
  }

  it('gives what it was given, always as the same bytes', () => {
    const text = writeTest(file)
    expect(readTest(text).problems).toEqual([])
    expect(readTest(text).file).toEqual(file)
    expect(writeTest(readTest(text).file ?? file)).toBe(text)
    expect(text).toContain('- [12345678901234567890, null]')
    expect(text).toContain('- [1, "null"]')
  })

  it('keeps comments', () => {
    const text = writeTest(file).replace('given:', '# why\ngiven:')
    const changed = writeTest({ ...file, name: 'Other' }, text)
    expect(changed).toContain('# why\ngiven:')
    expect(changed).toContain('name: Other')
  })
})

it('gives cases what their file says, and lets them say otherwise', () => {
  const file = read(`parameters: { a: 1, b: 2 }
now: 2024-01-01
cases:
  - { name: one, parameters: { b: 3 }, expect: { n: { count: 1 } } }
  - { name: two, now: 2025-01-01, expect: { n: { count: 1 } } }
`).file
  expect(file && casesOf(file)).toMatchObject([
    { name: 'one', parameters: { a: '1', b: '3' }, now: '2024-01-01' },
    { name: 'two', parameters: { a: '1', b: '2' }, now: '2025-01-01' },
  ])
})

it('has a JSON Schema in which a cell may be a number', () => {
  const schema = JSON.stringify(testJsonSchema())
  expect(schema).toContain('"format":{')
  expect(schema).toContain('["string","number","boolean"]')
})
