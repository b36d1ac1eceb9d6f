import { describe, expect, test } from 'vitest'
import { rowsPerGroup, stagedGroups } from './row-groups.ts'

const columns = (count: number, type: string) =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`, type }))

describe('rows of a group', () => {
  test.each([
    ['none at all', [], 122_880],
    ['narrow rows', columns(4, 'BIGINT'), 122_880],
    ['ten columns, mixed', [...columns(6, 'BIGINT'), ...columns(4, 'VARCHAR')], 49_152],
    ['wide rows', columns(100, 'DOUBLE'), 12_288],
    ['nested rows', columns(10, 'STRUCT(a VARCHAR, b DECIMAL(38,2)[])[]'), 2048],
    ['two thousand columns', columns(2000, 'VARCHAR'), 2048],
  ])('%s', (_, given, rows) => {
    expect(rowsPerGroup(given)).toBe(rows)
  })

  test('of what is staged: half of it, never less than a vector', () => {
    expect(stagedGroups(columns(100, 'DOUBLE')).text).toBe('ROW_GROUP_SIZE 6144')
    expect(stagedGroups(columns(2000, 'VARCHAR')).text).toBe('ROW_GROUP_SIZE 2048')
  })
})
