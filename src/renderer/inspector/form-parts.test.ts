import { describe, expect, test } from 'vitest'
import type { NodeAnalysis, Problem } from '../../shared/engine/types.ts'
import type { FormField, ModuleInfo } from '../../shared/modules/descriptor.ts'
import { columnListKeys, listColumns } from './column-list.ts'
import { inputColumns, nodeVocabulary } from './node-columns.ts'
import { matching } from './option-matching.ts'
import { fieldPaths, isShownAtField } from './shown-problems.ts'
import { addColumn, pasteRows, readTypedRows, removeColumn, writeTypedRows } from './typed-rows.ts'

const title = { en: 'T', fr: 'T' }
const field = (name: string, more: Partial<FormField> = {}): FormField => ({
  name,
  control: 'text',
  title,
  required: false,
  ...more,
})

describe('a table typed in by hand', () => {
  const columns = [{ name: 'code', type: 'VARCHAR' }, { name: 'rate' }]

  test('is read with as many cells in each row as there are columns, and written as the file has it', () => {
    const table = readTypedRows(columns, [['FR', '20'], ['DE']])
    expect(table.rows).toEqual([
      ['FR', '20'],
      ['DE', null],
    ])
    expect(writeTypedRows(table).columns).toEqual(columns)
  })

  test('grows to take what is pasted, an empty cell being NULL', () => {
    const table = pasteRows(readTypedRows(columns, [['FR', '20']]), { row: 0, column: 1 }, [
      ['1', '2'],
      ['', '4'],
    ])
    expect(table.columns.map((column) => column.name)).toEqual(['code', 'rate', 'column_3'])
    expect(table.rows).toEqual([
      ['FR', '1', '2'],
      [null, null, '4'],
    ])
  })

  test('gains and loses columns together with their cells', () => {
    const table = addColumn(readTypedRows(columns, [['FR', '20']]))
    expect(table.rows).toEqual([['FR', '20', null]])
    expect(removeColumn(table, 0).rows).toEqual([['20', null]])
  })
})

describe('a list of columns', () => {
  const columns = [
    { name: 'a', type: 'INTEGER' },
    { name: 'b', type: 'DATE' },
  ]

  test('shows the chosen ones in their order, then the others, and keeps what the input lacks', () => {
    const keys = { column: 'column', name: 'name', type: 'type' }
    const listed = listColumns([{ column: 'B', name: 'day' }, 'gone'], columns, keys)
    expect(listed.map((each) => [each.column, each.item !== undefined, each.type])).toEqual([
      ['B', true, 'DATE'],
      ['gone', true, undefined],
      ['a', false, 'INTEGER'],
    ])
  })

  test('finds its keys by the controls of its fields', () => {
    const fields = [field('from', { control: 'column' }), field('as'), field('cast', { control: 'type' })]
    expect(columnListKeys(field('columns', { control: 'columnList', fields }))).toEqual({
      column: 'from',
      name: 'as',
      type: 'cast',
    })
    expect(columnListKeys(field('columns')).name).toBe('name')
  })
})

describe('columns that a field may speak of', () => {
  const analysis: NodeAnalysis = {
    ports: { out: [{ name: 'x', type: 'INTEGER' }] },
    inputs: { left: [{ name: 'a', type: 'DATE' }], right: [{ name: 'b', type: 'DATE' }] },
    summary: '',
    problems: [],
  }
  const info = (inputs: number): ModuleInfo =>
    ({
      inputs: Array.from({ length: inputs }, (_, index) => ({ name: `in${index}`, title })),
      outputs: [{ name: 'out', title }],
    }) as unknown as ModuleInfo

  test('are those of its port, of all inputs, or those that a source reads', () => {
    expect(inputColumns(analysis, info(2), 'right')).toEqual([{ name: 'b', type: 'DATE' }])
    expect(inputColumns(analysis, info(2))?.map((column) => column.name)).toEqual(['a', 'b'])
    expect(inputColumns({ ...analysis, inputs: {} }, info(0))).toEqual(analysis.ports.out)
  })

  test('are unknown, not none, while the input is', () => {
    expect(inputColumns({ ...analysis, inputs: {} }, info(1), 'in')).toBeUndefined()
    expect(inputColumns(undefined, info(1))).toBeUndefined()
  })

  test('of a query are its tables', () => {
    expect(nodeVocabulary(analysis, info(2), undefined, {}, []).tables?.map((table) => table.name)).toEqual([
      'left',
      'right',
    ])
    expect(nodeVocabulary(analysis, info(2), 'left', {}, []).tables).toBeUndefined()
  })
})

describe('problems', () => {
  const problem = (path?: (string | number)[]): Problem => ({
    code: 'x',
    kind: 'user',
    message: 'm',
    severity: 'error',
    ...(path ? { field: path } : {}),
  })
  const fields = [
    field('mode'),
    field('hidden', { visibleWhen: { field: 'mode', in: ['other'] } }),
    field('measures', { control: 'list', fields: [field('column')] }),
  ]

  test('stand at a field that is shown, else above the form', () => {
    const paths = fieldPaths(fields, { mode: 'this', measures: [{ column: 'a' }] })
    expect(isShownAtField(problem(['measures', 0, 'column']), paths)).toBe(true)
    expect(isShownAtField(problem(['measures', 0]), paths)).toBe(true)
    expect(isShownAtField(problem(['measures', 1, 'column']), paths)).toBe(false)
    expect(isShownAtField(problem(['hidden']), paths)).toBe(false)
    expect(isShownAtField(problem(['unknown_key']), paths)).toBe(false)
    expect(isShownAtField(problem(), paths)).toBe(false)
  })
})

describe('options', () => {
  test('that begin with what is typed come first', () => {
    const options = ['total', 'tax total', 'tot', 'name'].map((value) => ({ value }))
    expect(matching(options, 'TOT').map((option) => option.value)).toEqual(['total', 'tot', 'tax total'])
    expect(matching(options, ' ')).toBe(options)
  })
})
