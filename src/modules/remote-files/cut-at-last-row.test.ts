import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cutAtLastRow } from './cut-at-last-row.ts'

async function cut(text: string, quote?: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'logidata-cut-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'rows')
  writeFileSync(path, text)
  await cutAtLastRow(path, quote)
  return readFileSync(path, 'utf8')
}

test.each([
  ['a line that is not whole', 'a,1\nb,2\nc', 'a,1\nb,2\n'],
  ['a line break within quotes', 'a,1\nb,2\nc,"x\ny', 'a,1\nb,2\n'],
  ['doubled quotes', 'a,"1"""\nb,"x""\n', 'a,"1"""\n'],
  ['whole rows', 'a,1\nb,2\n', 'a,1\nb,2\n'],
  ['no line break', 'a,1', 'a,1'],
  ['a quote that is none', `a,5" pipe\n${'b,2\n'.repeat(9)}c`, `a,5" pipe\n${'b,2\n'.repeat(9)}`],
])('%s', async (_what, text, expected) => {
  expect(await cut(text, '"')).toBe(expected)
})

test('without quotes every line is a row, also beyond a megabyte', async () => {
  const long = `{"a":"${'x'.repeat(3_000_000)}"}\n`
  expect(await cut(`${long}${long}{"a`)).toBe(long + long)
})
