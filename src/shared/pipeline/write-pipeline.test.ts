import { describe, expect, it } from 'vitest'
import { applyEdits } from './apply-edit.ts'
import type { JsonValue, PipelineDocument } from './document.ts'
import type { PipelineEdit } from './edits.ts'
import { readPipeline } from './read-pipeline.ts'
import { writePipeline } from './write-pipeline.ts'

const read = (text: string): PipelineDocument => {
  const { document, problems } = readPipeline(text)
  expect(problems).toEqual([])
  if (!document) throw new Error('no document')
  return document
}
/** Edits a file's document and writes it over the file; checks that writing it again changes nothing. */
const edited = (text: string, ...edits: PipelineEdit[]): string => {
  const written = writePipeline(applyEdits(read(text), edits).document, text)
  expect(writePipeline(read(written), written)).toBe(written)
  return written
}

const design = `format: logidata/v1
name: Revenue by country
description: Paid invoices, per country and month
parameters:
  since: { type: date, default: 2021-01-01 }
nodes:
  invoices:
    type: extract.csv
    config: { path: data/invoices.csv }
  recent:
    type: transform.filter
    inputs: { in: invoices }
    config: { condition: invoice_date >= $since }
  by_country:
    type: transform.aggregate
    inputs: { in: recent.match }
    config:
      group_by: [billing_country]
      measures: [{ name: revenue, function: sum, column: total }]
  out:
    type: load.parquet
    inputs: { in: by_country }
    config: { path: out/revenue.parquet, mode: overwrite }
layout:
  invoices: [0, 0]
`

describe('the file of a document', () => {
  it('is the one of the design, to the byte', () => {
    expect(writePipeline(read(design))).toBe(design)
  })

  it('is the same however the previous file was laid out', () => {
    const loose = `%YAML 1.2
---
layout: {"invoices": [0,
  0], gone: [1, 1]}

name:   'Revenue by country'
format: "logidata/v1"
description: >-
  Paid invoices,
  per country and month
parameters: {since: {default: "2021-01-01", type: date}}
nodes:

    invoices: {config: {path: data/invoices.csv}, type: extract.csv, inputs: {}}

    recent: {type: transform.filter, inputs: {in: invoices}, config: {condition: "invoice_date >= $since"}}
    by_country:
        {type: transform.aggregate, inputs: {in: recent.match}, config: {group_by: [billing_country],
        measures: [{name: revenue, function: sum, column: total}]}}
    out: {type: load.parquet, note: "", inputs: {in: by_country}, config: {path: out/revenue.parquet, mode: overwrite}}
`
    expect(writePipeline(read(loose.replace(', note: ""', '')), loose)).toBe(design)
  })

  const config = (value: { [key: string]: JsonValue }) =>
    writePipeline({ format: 'logidata/v1', name: 'x', nodes: { a: { type: 'transform.sql', config: value } } })
      .split('    config:')[1]
      ?.trimEnd()

  it('quotes text only where it would be read as something else', () => {
    const plain = [
      '2021-01-01',
      'a b',
      'C:\\temp',
      "it's",
      'total >= $since',
      '"a"'.slice(1),
      '-x',
      'http://a/b#c',
      '12:30',
      'é😀',
    ]
    for (const text of plain) expect(config({ a: text })).toBe(` { a: ${text} }`)
    const quoted = [
      '',
      'yes',
      'No',
      'null',
      '~',
      'true',
      '1',
      '1.0',
      '-5',
      '1e5',
      '0x1F',
      '.inf',
      'a: b',
      'a #b',
      '- a',
      ' a',
      '<<',
      '@a',
      '\t',
    ]
    for (const text of quoted) expect(config({ a: text })).toBe(` { a: ${JSON.stringify(text)} }`)
    expect(config({ a: '"a" = 1' })).toBe(` { a: '"a" = 1' }`)
  })

  it('prefers lines of their own to quotes that only brackets make necessary', () => {
    expect(config({ a: 'coalesce(x, 1)' })).toBe('\n      a: coalesce(x, 1)')
    expect(config({ a: ['x, y', 'z'] })).toBe('\n      a:\n        - x, y\n        - z')
  })

  it('puts several rows, or maps, of a list on a line each', () => {
    expect(config({ m: [{ a: 1, type: 'DECIMAL(18,2)' }] })).toBe('\n      m: [{ a: 1, type: "DECIMAL(18,2)" }]')
    expect(config({ m: [[1, 2], [3]] })).toBe('\n      m:\n        - [1, 2]\n        - [3]')
  })

  it('writes text of several lines as a literal block', () => {
    expect(config({ sql: 'SELECT 1\n\nFROM t -- x\n' })).toBe('\n      sql: |\n        SELECT 1\n\n        FROM t -- x')
    expect(config({ sql: 'a\n  b' })).toBe('\n      sql: |-\n        a\n          b')
    expect(config({ sql: ' a\nb' })).toBe(' { sql: " a\\nb" }')
  })

  it('breaks what is longer than 120 characters or nested deeply', () => {
    const list = Array.from({ length: 30 }, (_, index) => `c${index}`)
    expect(config({ list })?.split('\n')).toHaveLength(32)
    expect(config({ m: [{ a: { b: [1] }, c: 2 }, [[[1]]]] })).toBe(
      '\n      m:\n        - a: { b: [1] }\n          c: 2\n        -\u0020- [[1]]',
    )
  })

  it('writes keys that are too long for one line', () => {
    const key = 'k'.repeat(1100)
    const text = writePipeline({
      format: 'logidata/v1',
      name: 'x',
      nodes: { a: { type: 'load.x', config: { [key]: 1, b: [2] } } },
    })
    expect(read(text).nodes.a?.config).toEqual({ [key]: 1, b: [2] })
  })
})

describe('comments', () => {
  const text = `# Owned by finance

# Ask before changing
format: logidata/v1
name: x # the name
nodes:
  # where it comes from

  # and when
  source: # first
    type: extract.csv # reads
    config: { path: a.csv } # whole
    # end of source

  # keeps some
  some:
    type: transform.filter
    inputs: { in: source } # reads all
    config:
      # why
      condition: a > 1 # really
  result:
    type: load.csv
    inputs: { in: some }
    config:
      columns:
        # one
        - a # first
        - b
        # two
        - { c: 1 } # third
        # after all
  # end of nodes
layout:
  source: [0, 0] # left
# The end
`

  it('stay where they are when nothing changes', () => {
    expect(edited(text)).toBe(text)
  })

  it('stay when a node is edited', () => {
    const after = edited(
      text,
      { kind: 'setConfig', nodeId: 'some', config: { condition: 'a > 2', more: true } },
      { kind: 'setLabel', nodeId: 'source', label: 'Source' },
    )
    expect(after).toBe(
      text
        .replace('condition: a > 1 # really', 'condition: a > 2 # really\n      more: true')
        .replace('type: extract.csv # reads', 'type: extract.csv # reads\n    label: Source'),
    )
  })

  it('go with a node that is removed, and only with it', () => {
    const after = edited(text, { kind: 'removeNode', nodeId: 'some' })
    for (const gone of ['keeps some', 'reads all', 'why', 'really']) expect(after).not.toContain(gone)
    for (const kept of [
      'Owned',
      'Ask',
      'the name',
      'where',
      'and when',
      'end of source',
      'one',
      'two',
      'end of nodes',
      'left',
      'The end',
    ])
      expect(after).toContain(`# ${kept}`)
  })

  it('follow a node that is renamed, also when it is edited', () => {
    expect(edited(text, { kind: 'renameNode', nodeId: 'some', to: 'few' })).toBe(
      text.replace('  some:', '  few:').replace('{ in: some }', '{ in: few }'),
    )
    const both = edited(
      text,
      { kind: 'renameNode', nodeId: 'source', to: 'origin' },
      { kind: 'setConfig', nodeId: 'origin', config: { path: 'b.csv' } },
    )
    expect(both).toContain(
      '  # and when\n  origin: # first\n    type: extract.csv # reads\n    config: { path: b.csv } # whole\n    # end of source',
    )
    expect(both).toContain('origin: [0, 0] # left')
  })

  it('follow nodes and list items that move', () => {
    const document = read(text)
    const nodes = Object.fromEntries(Object.entries(document.nodes).reverse())
    const reordered = writePipeline({ ...document, nodes }, text)
    expect(reordered).toContain('  # keeps some\n  some:')
    expect(reordered).toContain('    # end of source\n  # end of nodes')
    const moved = edited(text, { kind: 'setConfig', nodeId: 'result', config: { columns: [{ c: 1 }, 'b', 'a'] } })
    expect(moved).toContain('        # two\n        - { c: 1 } # third')
    expect(moved).toContain('        - b\n        # one\n        - a # first\n        # after all')
  })

  it('are not taken from text that looks like one', () => {
    const tricky = `format: logidata/v1\nname: "a # b"\nnodes:\n  a:\n    type: transform.sql\n    config:\n      sql: | # the query\n        SELECT 1 # not\n        # not either\n      x: a#b\n      # yes\n      y: '# no'\n`
    const after = edited(tricky)
    expect(after).toContain(
      'sql: | # the query\n        SELECT 1 # not\n        # not either\n      x: a#b\n      # yes\n      y: "# no"',
    )
  })

  it('survive in every odd place', () => {
    const odd = `---
format: logidata/v1
name: x
# 1
nodes: # 2
    a: # 3
        # 4
        type: extract.csv
        note: # 5
            # 6
            text # 7
        config: # 8
          list: # 9
          - # 10
            # 11
            x: 1
            y: 2 # 12
            # 13
          # 14
          - [1, # 15
             2,
             # 16
             3 # 17
             # 18
            ] # 19
          map: {a: 1, # 20
            b: 2} # 21
                # 22
      # 23
    # 24
# 25
`
    const after = edited(odd)
    for (let index = 1; index <= 25; index++) expect(after).toMatch(new RegExp(`# ${index}$`, 'm'))
    expect(writePipeline(read(after))).toBe(writePipeline(read(odd)))
  })

  it('are kept by the parameters and by the end of a list that became empty', () => {
    const withParameters = `format: logidata/v1\nname: x\nparameters:\n  # when\n  p: { type: date } # day\n  # all\nnodes:\n  # none yet\n`
    const after = edited(withParameters, { kind: 'setParameter', name: 'q', parameter: { type: 'text', default: '1' } })
    expect(after).toContain('  # when\n  p: { type: date } # day\n  q: { type: text, default: "1" }\n  # all\n')
    expect(after).toContain('# none yet')
  })

  it('of a file that is no YAML are not looked for', () => {
    expect(writePipeline(read(design), 'a: [ # x')).toBe(design)
  })
})
