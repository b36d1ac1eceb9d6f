import { expect, it } from 'vitest'
import { jsonSyntaxError } from './syntax-error.ts'

it('names the line and what is wrong there', () => {
  const cases: [string, number, string][] = [
    ['[\n{"a":1},\n{"a":}\n]', 3, '"}" is not expected here'],
    ['[\n1,\n2', 3, 'the file ends too early'],
    ['', 1, 'the file ends too early'],
    ['[\n{"a":1}\n{"b":2}\n]', 3, '"{" is not expected here'],
    ['[1,\n"abc\ndef"]', 2, 'a text is not closed on its line'],
    ['[1,\n"abc', 2, 'a text is opened and never closed'],
    ['{"a":1}\n{"a":2}', 2, '"{" is not expected here'],
    ['[\n{a:1}]', 2, '"a" is not expected here'],
    ['[1,\n]', 2, '"]" is not expected here'],
    ['{"a":1,\n}', 2, '"}" is not expected here'],
    ['[01]', 1, '"1" is not expected here'],
    ['["\\x"]', 1, '"\\\\" cannot stand in a text'],
    ['[NaN]', 1, '"N" is not expected here'],
    ['{"a"\n1}', 2, '"1" is not expected here'],
    ['[1}', 1, '"}" is not expected here'],
  ]
  for (const [text, line, reason] of cases) {
    expect(() => JSON.parse(text)).toThrow()
    expect(jsonSyntaxError(text), text).toEqual({ line, reason })
  }
})

it('agrees with the parser on what is JSON', () => {
  for (const text of ['[]', '{}', ' 1 ', '"a\\u00e9\\n"', '[[],{"a":[-1.5e+3,true,null]},"x"]', '{"a":{"b":"}"}}', '0'])
    expect(jsonSyntaxError(text), text).toBeUndefined()
  expect(jsonSyntaxError(`[${'"'.padEnd(5_000_000, 'x')}"]`)).toBeUndefined()
  expect(jsonSyntaxError('['.repeat(200_000) + ']'.repeat(200_000))).toBeUndefined()
})
