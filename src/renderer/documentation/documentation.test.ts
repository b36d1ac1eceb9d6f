import { expect, test } from 'vitest'
import { parseInline, parseMarkdown } from './parse-markdown.ts'

const text = (value: string) => ({ kind: 'text', text: value })

test('paragraphs are joined over lines and parted by empty ones', () => {
  expect(parseMarkdown('One\ntwo.\n\nThree.')).toEqual([
    { kind: 'paragraph', text: [text('One two.')] },
    { kind: 'paragraph', text: [text('Three.')] },
  ])
})

test('an item goes on over its lines, and may have a list of its own', () => {
  expect(parseMarkdown('- one\n  more\n- two\n  - inner\n')).toEqual([
    {
      kind: 'list',
      ordered: false,
      items: [
        [{ kind: 'paragraph', text: [text('one more')] }],
        [
          { kind: 'paragraph', text: [text('two')] },
          { kind: 'list', ordered: false, items: [[{ kind: 'paragraph', text: [text('inner')] }]] },
        ],
      ],
    },
  ])
  expect(parseMarkdown('1. a\n2. b')).toMatchObject([{ ordered: true, items: [[{}], [{}]] }])
})

test('a paragraph may be followed by a list without an empty line', () => {
  expect(parseMarkdown('Rules:\n- a').map(({ kind }) => kind)).toEqual(['paragraph', 'list'])
})

test('code, headings and tables are told apart', () => {
  expect(parseMarkdown('## Head\n```yaml\na: 1\n\nb: 2\n```\n| a | b |\n| --- | --- |\n| `x\\|y` | 2 |')).toEqual([
    { kind: 'heading', text: [text('Head')] },
    { kind: 'code', text: 'a: 1\n\nb: 2' },
    {
      kind: 'table',
      head: [[text('a')], [text('b')]],
      rows: [[[{ kind: 'code', text: 'x|y' }], [text('2')]]],
    },
  ])
})

test('names with underscores and stars in code are no emphasis', () => {
  expect(parseInline('`a * b * c` of on_bad_row, **so** and _so_, see [this](x.md)')).toEqual([
    { kind: 'code', text: 'a * b * c' },
    text(' of on_bad_row, '),
    { kind: 'strong', text: 'so' },
    text(' and '),
    { kind: 'emphasis', text: 'so' },
    text(', see this'),
  ])
})
