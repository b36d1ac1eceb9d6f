import type { Column } from '../../shared/engine/types.ts'
import type { Completion, CompletionItem, Vocabulary } from './completion.ts'
import { tokenizeScript } from './script-tokens.ts'

const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u
const WORDS = ['return', 'const', 'let', 'if', 'else', 'for', 'of', 'while', 'true', 'false', 'null']
const GLOBALS = ['row', 'rows', 'Math', 'JSON', 'Number', 'String', 'Date', 'Object', 'Array', 'parseInt', 'parseFloat']

/**
 * What may stand at `offset` of a script: after `row.` or `row["` the columns of the input, at the start of a word the names that a
 * script knows. Nothing inside a text, a comment or a number.
 */
export function completeScript(text: string, offset: number, { columns }: Vocabulary): Completion | undefined {
  const before = text.slice(0, offset)
  const opened = /\brow\s*\[\s*(["'])([^"'\]]*)$/.exec(before)
  if (opened) {
    const start = offset - (opened[2]?.length ?? 0)
    const quote = opened[1] ?? '"'
    return { start, end: offset, items: columns.map((column) => item(column, escaped(column.name, quote))) }
  }
  const inside = tokenizeScript(text).find(({ start, end }) => start < offset && offset <= end)
  if (inside && ['comment', 'number'].includes(inside.kind)) return undefined
  if (inside?.kind === 'string' && !(offset === inside.end && isClosed(text.slice(inside.start, inside.end))))
    return undefined
  const member = /\brow\s*\??(\.)\s*([\p{L}\p{N}_$]*)$/u.exec(before)
  if (member) {
    const start = offset - (member[2]?.length ?? 0)
    const dot = before.lastIndexOf('.')
    const plain = columns.every(({ name }) => NAME.test(name))
    // A name that is none of JavaScript's takes the place of the dot too: row["a b"].
    return {
      start: plain ? start : dot,
      end: offset,
      items: columns.map((column) => item(column, plain ? column.name : memberOf(column.name), plain ? '' : '.')),
    }
  }
  if (/\.\s*[\p{L}\p{N}_$]*$/u.test(before)) return undefined
  const word = /[\p{L}_$][\p{L}\p{N}_$]*$/u.exec(before)?.[0] ?? ''
  const known = (names: readonly string[], kind: CompletionItem['kind'], rank: number): CompletionItem[] =>
    names.map((name) => ({ kind, label: name, insert: name, snippet: false, detail: '', rank }))
  return {
    start: offset - word.length,
    end: offset,
    items: [...known(GLOBALS, 'parameter', 1), ...known(WORDS, 'keyword', 2)],
  }
}

const isClosed = (quoted: string): boolean => quoted.length > 1 && quoted.at(-1) === quoted[0]
const memberOf = (name: string): string => (NAME.test(name) ? `.${name}` : `["${escaped(name, '"')}"]`)
const escaped = (name: string, quote: string): string => name.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)

const item = ({ name, type }: Column, insert: string, typed = ''): CompletionItem => ({
  kind: 'column',
  label: name,
  insert,
  snippet: false,
  detail: type,
  rank: 0,
  ...(typed ? { filter: typed + name } : {}),
})
