import { describe, expect, it } from 'vitest'
import type { CaseResult, Difference } from '../shared/tests/result.ts'
import { DIFF_WORDS, differenceLines } from './diff-table.ts'
import { junitXml } from './junit.ts'
import { createTerminal } from './terminal.ts'
import { TestReport } from './test-report.ts'

const DIFFERENCE: Difference = {
  schema: [{ kind: 'type', column: 'total', before: 'DOUBLE', after: 'DECIMAL(10,2)' }],
  columns: [
    { name: 'id', type: 'BIGINT' },
    { name: 'name', type: 'VARCHAR' },
    { name: 'total', type: 'DECIMAL(10,2)' },
  ],
  keys: ['id'],
  suggested: true,
  rows: { before: '2', after: '1' },
  counts: { removed: '1', added: '0', changed: '1', unchanged: '0' },
  changedColumns: [{ column: 'total', rows: '1' }],
  differing: [
    { kind: 'changed', before: ['1', 'a\u001b[31m', '1.10'], after: ['1', 'a\u001b[31m', '1.1'], changed: [2] },
    { kind: 'removed', before: ['2', null, null] },
  ],
  offset: 0,
  more: true,
}
const plain = createTerminal({ write: () => {} }, { write: () => {} }, { NO_COLOR: '1' }).style
const coloured = createTerminal({ isTTY: true, write: () => {} }, { write: () => {} }, {}).style

describe('a difference as text', () => {
  it('has the columns first, then rows, and marks changed values where there is no colour', () => {
    expect(differenceLines(DIFFERENCE, DIFF_WORDS, { style: plain, coloured: false })).toEqual([
      '~ column total: DOUBLE old, DECIMAL(10,2) new',
      '- old  + new, told apart by id',
      '  id  name          total',
      '-  1  a\\u001b[31m  1.10 *',
      '+  1  a\\u001b[31m   1.1 *',
      '-  2  NULL           NULL',
      '… and more rows',
    ])
  })

  it('shows columns that changed before others where not all fit, and colours', () => {
    const lines = differenceLines(DIFFERENCE, DIFF_WORDS, { style: coloured, width: 14, coloured: true })
    expect(lines.join('\n')).toContain('\u001b[31m')
    expect(lines.join('\n')).not.toContain('name')
    expect(lines.join('\n')).toContain('… and 1 more columns')
  })
})

it('writes XML that holds whatever the data holds', () => {
  const report = new TestReport()
  const result: CaseResult = {
    state: 'failed',
    milliseconds: 12.3,
    expectations: [{ output: 'a', state: 'failed', message: 'x < "y"\n\u0000 & \ud800', difference: DIFFERENCE }],
  }
  report.add({ kind: 'ended', path: 'tests/a.test.yaml', name: 'a <b> "c"', result })
  report.add({ kind: 'invalid', path: 'tests/b.test.yaml', problems: [] })
  report.add({ kind: 'finished', passed: 0, failed: 1, milliseconds: 12.3 })
  const xml = junitXml(report, new Date('2024-06-30T12:00:00Z'))
  expect(xml).toContain('name="a &lt;b&gt; &quot;c&quot;" time="0.012"')
  expect(xml).toContain('message="a: x &lt; &quot;y&quot;&#10;\ufffd &amp; \ufffd"')
  expect(xml).toContain('timestamp="2024-06-30T12:00:00"')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about.
  expect(xml).not.toMatch(/[\u0000\u001b]/)
})
