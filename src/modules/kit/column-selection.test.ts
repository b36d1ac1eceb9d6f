import { describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../shared/errors.ts'
import { type ColumnSelection, selectColumns } from './column-selection.ts'

const columns = [
  { name: 'id', type: 'BIGINT' },
  { name: 'Amount_EUR', type: 'DECIMAL(18,2)' },
  { name: 'amount_usd', type: 'DOUBLE' },
  { name: 'name', type: 'VARCHAR' },
  { name: 'paid', type: 'BOOLEAN' },
  { name: 'day', type: 'DATE' },
  { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: 'tags', type: 'VARCHAR[]' },
]
const names = (selection: Partial<ColumnSelection>) =>
  selectColumns({ columns: [], kinds: [], ...selection }, columns).map(({ name }) => name)
const refusal = (selection: Partial<ColumnSelection>) => {
  try {
    names(selection)
  } catch (thrown) {
    return toErrorInfo(thrown)
  }
  return undefined
}

describe('a selection of columns', () => {
  it('takes names, a pattern and kinds together, in the order of the input', () => {
    expect(names({ columns: ['day', 'ID'], pattern: '^amount_', kinds: ['boolean'] })).toEqual([
      'id',
      'Amount_EUR',
      'amount_usd',
      'paid',
      'day',
    ])
  })
  it('tells kinds by type', () => {
    expect(names({ kinds: ['number'] })).toEqual(['id', 'Amount_EUR', 'amount_usd'])
    expect(names({ kinds: ['date'] })).toEqual(['day', 'at'])
    expect(names({ kinds: ['text'] })).toEqual(['name'])
  })
  it('refuses what selects nothing, and says why', () => {
    expect(refusal({})).toMatchObject({ code: 'column.none', field: ['columns'] })
    expect(refusal({ columns: ['nme'] })).toMatchObject({
      code: 'column.not-found',
      field: ['columns', 0],
      hint: 'Did you mean “name”?',
    })
    expect(refusal({ pattern: 'zzz' })).toMatchObject({ code: 'column.none', field: ['pattern'] })
    expect(refusal({ pattern: '(' })).toMatchObject({ code: 'pattern.invalid', field: ['pattern'] })
  })
})
