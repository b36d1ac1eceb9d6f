import { describe, expect, it } from 'vitest'
import { readPipeline } from './read-pipeline.ts'

const head = 'format: logidata/v1\nname: x\n'
const node = (lines: string) => `${head}nodes:\n  a:\n    type: extract.csv\n${lines}`
const only = (text: string) => {
  const { problems } = readPipeline(text)
  expect(problems).toHaveLength(1)
  return problems[0]
}

describe('a file that is no pipeline', () => {
  it.each([
    ['', 'pipeline.not-a-pipeline'],
    ['# only a comment', 'pipeline.not-a-pipeline'],
    ['just text', 'pipeline.not-a-pipeline'],
    ['- a', 'pipeline.not-a-pipeline'],
    ['name: x', 'pipeline.format'],
    ['format: other', 'pipeline.format'],
    ['a: [x', 'pipeline.syntax'],
    ['a: {}\n---\nb: {}', 'pipeline.syntax'],
    ['a:\n\tb: 1', 'pipeline.syntax'],
    ['x'.repeat(9_000_000), 'pipeline.too-large'],
    [`a: ${'['.repeat(50_000)}`, 'pipeline.too-deep'],
  ])('gives one problem and no document (%#)', (text, code) => {
    expect(only(text)?.code).toBe(code)
    expect(readPipeline(text).document).toBeUndefined()
    expect(readPipeline(text).complete).toBe(false)
  })

  it('says that a newer format needs an update', () => {
    expect(only('format: logidata/v2\nname: x\nnodes: {}')).toMatchObject({
      code: 'pipeline.format',
      message: expect.stringContaining('newer'),
      position: { line: 1, column: 9 },
    })
  })
})

describe('values', () => {
  it('keeps defaults of parameters as the text that is written', () => {
    const texts = [
      '2021-01-01',
      '1.10',
      '12345678901234567890',
      'true',
      '0x1F',
      '-0',
      '1e5',
      '.inf',
      '2021-01-01 00:00:00',
    ]
    const lines = texts.map((text, index) => `  p${index}: { type: text, default: ${text} }\n`).join('')
    const { document, problems } = readPipeline(`${head}parameters:\n${lines}nodes: {}`)
    expect(problems).toEqual([])
    expect(Object.values(document?.parameters ?? {}).map((parameter) => parameter.default)).toEqual(texts)
  })

  it('keeps names, labels and references as text', () => {
    const text =
      'format: logidata/v1\nname: 1.10\nnodes:\n  null: { type: load.csv, label: 2021, inputs: { true: no } }'
    expect(readPipeline(text).document).toMatchObject({
      name: '1.10',
      nodes: { null: { label: '2021', inputs: { true: 'no' } } },
    })
  })

  it('asks for quotes where text is missing', () => {
    expect(only(`${head}parameters:\n  p: { type: text, default: ~ }\nnodes: {}`)).toMatchObject({
      code: 'pipeline.empty-value',
      position: { line: 4, column: 29 },
    })
  })

  it('refuses numbers that would lose digits, and keeps the rest of the config', () => {
    const text = node(
      '    config: { a: 12345678901234567890, b: 1.10, c: 0.1234567890123456789, d: .inf, e: 1e3, f: 0x10 }',
    )
    const { document, problems } = readPipeline(text)
    expect(problems.map(({ code, field }) => [code, field])).toEqual([
      ['pipeline.inexact-number', ['a']],
      ['pipeline.inexact-number', ['c']],
      ['pipeline.inexact-number', ['d']],
    ])
    expect(problems[0]).toMatchObject({ nodeId: 'a', position: { line: 6, column: 18 } })
    expect(document?.nodes.a?.config).toEqual({ b: 1.1, e: 1000, f: 16 })
  })

  it('takes the largest exact integers and powers of ten', () => {
    const text = node('    config: { a: 9007199254740991, b: 9007199254740993, c: 100000000000000000000, d: -0.50e-2 }')
    expect(only(text)?.field).toEqual(['b'])
    expect(readPipeline(text).document?.nodes.a?.config).toEqual({ a: 9007199254740991, c: 1e20, d: -0.005 })
  })

  it('keeps the keys of a config as text', () => {
    const text = node('    config: { 2021: a, 1.10: b, true: c, null: d, "": e }')
    expect(readPipeline(text).document?.nodes.a?.config).toEqual({
      '2021': 'a',
      '1.10': 'b',
      true: 'c',
      null: 'd',
      '': 'e',
    })
  })

  it('reads Windows line ends and a byte order mark', () => {
    const text = `\ufeff${node('    config:\n      sql: |\n        SELECT 1\n        FROM t\n')}`.replaceAll(
      '\n',
      '\r\n',
    )
    expect(readPipeline(text)).toMatchObject({
      problems: [],
      document: { nodes: { a: { config: { sql: 'SELECT 1\nFROM t\n' } } } },
    })
  })

  it('takes empty maps as absent', () => {
    const text = `${head}parameters:\nnodes:\n  a: { type: extract.csv, inputs:, config: }\nlayout:\n`
    expect(readPipeline(text)).toMatchObject({ problems: [], complete: true })
    expect(readPipeline(text).document).toEqual({
      format: 'logidata/v1',
      name: 'x',
      nodes: { a: { type: 'extract.csv' } },
    })
    expect(readPipeline(`${head}nodes:`).document?.nodes).toEqual({})
  })
})

describe('YAML beyond plain data', () => {
  it.each([
    ['    config: &x { a: 1 }', 'pipeline.alias'],
    ['    config: { a: !!str 1 }', 'pipeline.tag'],
    ['    config: { a: !mine 1 }', 'pipeline.tag'],
    ['    config: { &k a: 1 }', 'pipeline.tag'],
    ['    config: { <<: { b: 1 } }', 'pipeline.merge-key'],
    ['    config: { __proto__: { polluted: true } }', 'pipeline.key'],
    ['    config: { ? [a] : 1 }', 'pipeline.key'],
    ['    config: { : 1 }', 'pipeline.key'],
    ['    config: { a: 1, "a": 2 }', 'pipeline.duplicate-key'],
    [`    config: { a: ${'['.repeat(70)}${']'.repeat(70)} }`, 'pipeline.too-deep'],
  ])('is refused where it stands: %s', (line, code) => {
    expect(only(node(line))).toMatchObject({ code, nodeId: 'a', position: { line: 6 } })
    expect(Object.keys(readPipeline(node(line)).document?.nodes ?? {})).toEqual(['a'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('refuses aliases, as values and as keys', () => {
    const text = `${head}nodes:\n  a: { type: extract.csv, config: { x: &y 1 } }\n  b: { type: extract.csv, config: { x: *y, *y : 1 } }`
    expect(readPipeline(text).problems.map(({ code, nodeId }) => [code, nodeId])).toEqual([
      ['pipeline.alias', 'a'],
      ['pipeline.alias', 'b'],
      ['pipeline.alias', 'b'],
    ])
  })

  it('says which node is given twice, and keeps the first', () => {
    const text = `${head}nodes:\n  a: { type: extract.csv }\n  a: { type: load.csv }`
    expect(only(text)).toMatchObject({ code: 'pipeline.duplicate-key', nodeId: 'a', position: { line: 5, column: 3 } })
    expect(readPipeline(text).document?.nodes.a?.type).toBe('extract.csv')
  })
})

describe('a file that is partly wrong', () => {
  const text = `${head}other: 1
parameters:
  p: { type: colour }
  q: { type: text, size: 1 }
  K: { type: text }
nodes:
  good: { type: extract.csv }
  untyped: { label: x }
  scalar: 5
  Bad: { type: extract.csv }
  wrong: { type: filter }
  partly:
    type: transform.filter
    label: ""
    colour: red
    config: [1]
    inputs: { in: good, In: good, other: a b }
  constructor: { type: extract.csv }
layout:
  good: [1.5, 2]
  partly: [3, 4]
  gone: [5, 6]
`
  const read = readPipeline(text)

  it('gives a document with all that is right', () => {
    expect(read.complete).toBe(false)
    expect(read.document).toEqual({
      format: 'logidata/v1',
      name: 'x',
      nodes: { good: { type: 'extract.csv' }, partly: { type: 'transform.filter', inputs: { in: 'good' } } },
      layout: { partly: [3, 4] },
    })
  })

  it('names every fault with its place', () => {
    const found = read.problems.map(({ code, nodeId, position }) => [position?.line, code, nodeId])
    expect(found.sort((a, b) => Number(a[0]) - Number(b[0]) || String(a[1]).localeCompare(String(b[1])))).toEqual([
      [3, 'pipeline.unknown-key', undefined],
      [5, 'pipeline.invalid-value', undefined],
      [6, 'pipeline.unknown-key', undefined],
      [7, 'pipeline.name', undefined],
      [10, 'pipeline.missing-key', 'untyped'],
      [11, 'pipeline.invalid-value', 'scalar'],
      [12, 'pipeline.name', 'Bad'],
      [13, 'pipeline.invalid-value', 'wrong'],
      [16, 'pipeline.invalid-value', 'partly'],
      [17, 'pipeline.unknown-key', 'partly'],
      [18, 'pipeline.invalid-value', 'partly'],
      [19, 'pipeline.invalid-value', 'partly'],
      [19, 'pipeline.name', 'partly'],
      [20, 'pipeline.name', 'constructor'],
      [22, 'pipeline.invalid-value', undefined],
    ])
  })

  it('says what is wrong in words', () => {
    const messages = read.problems.map(({ message, hint }) => `${message} ${hint ?? ''}`.trim())
    expect(messages).toContain('"type" of node "untyped" is missing. Add "type".')
    expect(messages).toContain('Node "scalar" must be a map, not a number.')
    expect(messages).toContain('"config" of node "partly" must be a map, not a list.')
    expect(messages).toContain('"label" of node "partly" is empty.')
    expect(messages).toContain('"type" of node "wrong" is not valid. Name a module, such as transform.filter.')
    expect(messages).toContain(
      '"type" of parameter "p" cannot be "colour". Use one of: text, integer, decimal, boolean, date, timestamp.',
    )
    expect(messages).toContain('"layout.good.0" must be a whole number, not 1.5.')
  })

  it('stands in for what has to be there', () => {
    const unnamed = readPipeline('format: logidata/v1\nnodes: 5')
    expect(unnamed.document).toEqual({ format: 'logidata/v1', name: 'Untitled', nodes: {} })
    expect(unnamed.problems.map(({ code }) => code)).toEqual(['pipeline.missing-key', 'pipeline.invalid-value'])
  })

  it('reports a long label once, and not the absence of what was refused', () => {
    expect(only(node(`    label: ${'x'.repeat(201)}`))?.message).toBe('"label" of node "a" is too long.')
    expect(only(`${head}nodes:\n  a: { type: !t extract.csv }`)?.code).toBe('pipeline.tag')
  })

  it('is read in reasonable time however wide it is', () => {
    const wide = Array.from({ length: 50_000 }, (_, index) => `a${index}: 1`).join(', ')
    const started = performance.now()
    expect(readPipeline(`${head}nodes: {}\nlayout: {${wide}}`).problems.length).toBeGreaterThan(100)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe('positions', () => {
  const { positions } = readPipeline(
    node('    config:\n      path: data.csv\n      list:\n        - a\n        - { b: 1 }\n'),
  )

  it('are those of values, of keys before blocks, and of the nearest part there is', () => {
    expect(positions.at(['nodes', 'a', 'config', 'path'])).toEqual({ line: 7, column: 13 })
    expect(positions.at(['nodes', 'a', 'config'])).toEqual({ line: 6, column: 5 })
    expect(positions.at(['nodes', 'a', 'config', 'list', 1, 'b'])).toEqual({ line: 10, column: 16 })
    expect(positions.at(['nodes', 'a', 'config', 'missing', 3])).toEqual({ line: 6, column: 5 })
    expect(positions.at([])).toEqual({ line: 1, column: 1 })
    expect(readPipeline('').positions.at(['nodes'])).toBeUndefined()
  })
})
