import { describe, expect, test } from 'vitest'
import { isRightAligned } from './number-types.ts'
import { formatTable } from './table.ts'
import { createTerminal } from './terminal.ts'
import { cutText, textWidth, visibleText } from './text-width.ts'

function terminal(isTTY: boolean, environment: Record<string, string> = {}) {
  let out = ''
  let err = ''
  const made = createTerminal(
    { isTTY, columns: 20, write: (text: string) => (out += text) },
    { isTTY, columns: 20, write: (text: string) => (err += text) },
    environment,
  )
  return { ...made, written: () => ({ out, err }) }
}

describe('a table', () => {
  const { style } = terminal(false)

  test('aligns by what a terminal draws, wide characters and pictures included', () => {
    const columns = [{ title: 'name' }, { title: 'n', align: 'right' as const }]
    const rows = [
      ['日本', '1'],
      ['👍🏽 é', '10'],
    ]
    expect(formatTable(columns, rows, { style })).toBe('name   n\n日本   1\n👍🏽 é  10\n')
  })

  test('cuts long values, and leaves out columns that do not fit', () => {
    const columns = ['a', 'b', 'c'].map((title) => ({ title }))
    const text = formatTable(columns, [['x'.repeat(50), 'y', 'z']], { style, width: 12, longest: 8 })
    expect(text).toBe(`a         b\n${'x'.repeat(7)}…  y\n… and 1 more columns\n`)
  })

  test('tells NULL from the text NULL where there are colours', () => {
    const { style: coloured } = terminal(true)
    expect(formatTable([{ title: 'a' }], [[null], ['NULL']], { style: coloured })).toContain(
      '\u001b[2mNULL\u001b[22m\nNULL',
    )
  })
})

test('control characters and reversed text are shown, not obeyed', () => {
  expect(visibleText('a\u001b[2Jb\nc\td\u202eefg\u0007')).toBe('a\\u001b[2Jb\\nc\\td\\u202eefg\\u0007')
})

test('text is cut between characters, to the width that was asked', () => {
  expect(cutText('日本語', 5)).toBe('日本…')
  expect(cutText('日本語', 4)).toBe('日…')
  expect(cutText('abc', 3)).toBe('abc')
  expect(textWidth('e\u0301')).toBe(1)
})

test.each([
  ['DECIMAL(10,2)', true],
  ['UBIGINT', true],
  ['DOUBLE', true],
  ['INTEGER[]', false],
  ['DECIMAL(18,2)[]', false],
  ['INTERVAL', false],
  ['VARCHAR', false],
  ['STRUCT(a INTEGER)', false],
])('values of %s to the right: %s', (type, right) => expect(isRightAligned(type)).toBe(right))

describe('colours and progress', () => {
  test('are for terminals, and NO_COLOR forbids colours alone', () => {
    expect(terminal(true).style.red('x')).toBe('\u001b[31mx\u001b[39m')
    expect(terminal(false).style.red('x')).toBe('x')
    expect(terminal(true, { NO_COLOR: '1' }).style.red('x')).toBe('x')
    expect(terminal(false).width).toBeUndefined()
  })

  test('progress replaces itself, never wraps, goes away before a line, and is not in files', () => {
    const shown = terminal(true)
    shown.progress('50 %')
    shown.progress('y'.repeat(60))
    shown.say('done')
    expect(shown.written()).toEqual({ out: '', err: `50 %\r\u001b[2K${'y'.repeat(19)}\r\u001b[2Kdone\n` })
    const file = terminal(false)
    file.progress('50 %')
    expect(file.written().err).toBe('')
  })
})
