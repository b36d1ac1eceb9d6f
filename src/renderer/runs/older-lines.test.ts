import { expect, test } from 'vitest'
import type { LogLine } from '../../shared/runs/log-line.ts'
import { withOlder } from './older-lines.ts'

const line = (message: string, older?: string): LogLine => ({
  at: '2024-01-01T00:00:00Z',
  level: 'info',
  message,
  ...(older !== undefined && { older }),
})

test('an older page goes before the lines, and says where those before it are', () => {
  const lines = [line('c', '1:20'), line('d')]
  expect(withOlder(lines, [line('a', '1:5'), line('b')], '1:20')).toEqual([
    line('a', '1:5'),
    line('b'),
    line('c'),
    line('d'),
  ])
})

test('a page that comes twice, or after its lines were let go of, changes nothing', () => {
  const once = withOlder([line('b', '1:20')], [line('a')], '1:20')
  expect(withOlder(once, [line('a')], '1:20')).toBe(once)
  expect(withOlder([], [line('a')], '1:20')).toEqual([])
})

test('an empty page ends the search for older ones', () => {
  expect(withOlder([line('b', '1:20')], [], '1:20')).toEqual([line('b')])
})
