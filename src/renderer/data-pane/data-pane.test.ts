import { describe, expect, test } from 'vitest'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { typeBadge, typeClass } from './column-types.ts'
import { textOfRange } from './copy-cells.ts'
import { estimateWidth, formatCell, formatShort, formatWhole, indentJson } from './format-cell.ts'
import { isWithin, moveSelection, rangeOf } from './grid-position.ts'
import { readTsv, writeTsv } from './tsv.ts'
import { upstreamKey } from './upstream-key.ts'

describe('types', () => {
  test('are told apart by their DuckDB names', () => {
    const types = ['VARCHAR', 'BIGINT', 'UTINYINT', 'DECIMAL(18,2)', 'DOUBLE', 'BOOLEAN', 'DATE', 'TIME', 'BLOB']
    expect(types.map(typeBadge)).toEqual(['abc', '12', '12', '1.0', '1.0', 't/f', 'date', 'hour', '0x'])
    expect(typeBadge('TIMESTAMP WITH TIME ZONE')).toBe('time')
    expect(typeBadge('HUGEINT')).toBe('12')
    expect(typeBadge('INTERVAL')).toBe('span')
    expect(typeClass("ENUM('a', 'b')")).toBe('text')
  })

  test('a list of structs is a list, and a struct with lists is a struct', () => {
    expect(typeClass('STRUCT(a INTEGER)[]')).toBe('list')
    expect(typeClass('STRUCT(a INTEGER[], b VARCHAR)')).toBe('struct')
    expect(typeClass('INTEGER[3]')).toBe('list')
    expect(typeClass('MAP(VARCHAR, INTEGER)')).toBe('struct')
  })
})

describe('cells', () => {
  test('keep every digit and show what is invisible', () => {
    expect(formatCell('12345678901234567890.10')).toBe('12345678901234567890.10')
    expect(formatCell('a\nb\tc')).toBe('a⏎b⇥c')
    expect(formatCell('')).toBe('')
    expect(formatCell('x'.repeat(1000))).toHaveLength(301)
  })

  test('of nested types are laid out without rounding their numbers', () => {
    const text = '{"id": 12345678901234567890, "tags": ["a, b", "c:d"], "none": [], "o": {"x": null}}'
    const shown = formatWhole(text, 'STRUCT(id HUGEINT)')
    expect(shown).toContain('"id": 12345678901234567890,')
    expect(shown.split('\n')).toHaveLength(11)
    expect(JSON.stringify(JSON.parse(shown))).toBe(JSON.stringify(JSON.parse(text)))
    expect(formatWhole('[not json', 'VARCHAR')).toBe('[not json')
  })

  test('text that is not JSON loses no character but blanks', () => {
    const text = "{'a': 1, b: \"x"
    expect(indentJson(text).replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
  })

  test('numbers in heads are short and localised', () => {
    expect(formatShort('166.8312', 'en')).toBe('166.83')
    expect(formatShort('1234567', 'en')).toBe('1,234,567')
    expect(formatShort('2021', 'en')).toBe('2021')
    expect(formatShort('12345678901234', 'en')).toBe('12.3T')
    expect(formatShort('2021-01-01', 'en')).toBe('2021-01-01')
  })

  test('widths stay within reason', () => {
    expect(estimateWidth('a', 'INTEGER', ['1'])).toBe(104)
    expect(estimateWidth('a', 'VARCHAR', ['x'.repeat(5000)])).toBe(320)
  })
})

describe('tab-separated text', () => {
  test('comes back as it went, with tabs, quotes and line breaks', () => {
    const rows = [
      ['a', 'b\tc', 'say "x"'],
      ['1', '', 'two\nlines'],
    ]
    expect(readTsv(writeTsv(rows))).toEqual(rows)
  })

  test('of a spreadsheet ends in a line break that is no row', () => {
    expect(readTsv('a\tb\r\n1\t2\r\n')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
  })

  test('with ragged rows or a stray quote is still read', () => {
    expect(readTsv('a\tb\tc\n1')).toEqual([
      ['a', 'b', 'c'],
      ['1', '', ''],
    ])
    expect(readTsv('"a\tb')).toEqual([['"a', 'b']])
    expect(readTsv('"a"x\tb')).toEqual([['"a"x', 'b']])
  })

  test('writes NULL as an empty cell', () => {
    expect(writeTsv([[null, 'a']])).toBe('\ta')
  })
})

describe('the keyboard in the grid', () => {
  const size = { rows: 100, columns: 5, page: 10 }
  const at = (row: number, column: number) => ({ anchor: { row, column }, focus: { row, column } })
  const press = (key: string, ctrl = false, shift = false) => ({ key, ctrl, shift })

  test('moves within the grid and stops at its edges', () => {
    expect(moveSelection(at(0, 0), press('ArrowUp'), size)).toEqual(at(0, 0))
    expect(moveSelection(at(0, 0), press('ArrowDown', true), size)).toEqual(at(99, 0))
    expect(moveSelection(at(5, 0), press('PageDown'), size)).toEqual(at(15, 0))
    expect(moveSelection(at(95, 0), press('PageDown'), size)).toEqual(at(99, 0))
    expect(moveSelection(at(5, 2), press('End'), size)).toEqual(at(5, 4))
    expect(moveSelection(at(5, 2), press('a'), size)).toBeUndefined()
  })

  test('extends the selection while Shift is held', () => {
    const selection = moveSelection(at(3, 3), press('ArrowLeft', false, true), size)
    expect(selection).toEqual({ anchor: { row: 3, column: 3 }, focus: { row: 3, column: 2 } })
    const range = selection && rangeOf(selection)
    expect(range).toEqual({ top: 3, bottom: 3, left: 2, right: 3 })
    expect(range && isWithin(range, 3, 2)).toBe(true)
    expect(range && isWithin(range, 4, 2)).toBe(false)
  })
})

describe('whether an edit asks for other rows', () => {
  const document: PipelineDocument = {
    format: 'logidata/v1',
    name: 'x',
    nodes: {
      a: { type: 'extract.csv', config: { path: 'a.csv' } },
      b: { type: 'transform.filter', inputs: { in: 'a' }, config: { condition: 'x > 1' } },
      c: { type: 'transform.filter', inputs: { in: 'b.rest' }, config: { condition: 'y > 1' } },
    },
  }
  const withNode = (id: string, node: PipelineDocument['nodes'][string]): PipelineDocument => ({
    ...document,
    nodes: { ...document.nodes, [id]: node },
  })
  const key = (of: PipelineDocument, parameters: Record<string, string> = {}) => upstreamKey(of, 'b', parameters)

  test('depends on what stands above, itself included, and on parameters', () => {
    expect(key(withNode('a', { type: 'extract.csv', config: { path: 'b.csv' } }))).not.toBe(key(document))
    expect(key(withNode('b', { type: 'transform.filter', inputs: { in: 'a' } }))).not.toBe(key(document))
    expect(key(document, { since: '2021' })).not.toBe(key(document))
  })

  test('depends neither on what stands below, nor on labels and places', () => {
    expect(key(withNode('c', { type: 'load.csv' }))).toBe(key(document))
    const a = document.nodes.a
    expect(a && key({ ...withNode('a', { ...a, label: 'A', note: 'n' }), layout: { a: [1, 2] } })).toBe(key(document))
  })

  test('is told even of a cycle', () => {
    expect(key(withNode('a', { type: 'transform.filter', inputs: { in: 'b' } }))).toContain('transform.filter')
  })
})

describe('copying', () => {
  test('takes the cells of the range, with names when asked for', () => {
    const columns = ['a', 'b', 'c'].map((name) => ({ name, type: 'VARCHAR' }))
    const rows = [
      ['1', '2', '3'],
      ['4', null, '6'],
    ]
    const range = { top: 0, bottom: 1, left: 1, right: 2 }
    expect(textOfRange(columns, rows, range, false)).toBe('2\t3\n\t6')
    expect(textOfRange(columns, rows, range, true)).toBe('b\tc\n2\t3\n\t6')
  })
})
