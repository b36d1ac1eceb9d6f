import { userError } from '../../../shared/errors.ts'

interface Piece {
  readonly kind: 'parameter' | 'open' | 'close' | 'semicolon' | 'numbered' | 'other'
  readonly start: number
  readonly end: number
}

/** In the order in which they are tried; `$tag$…$tag$` before `$name`. */
const TOKEN =
  /(--[^\n]*)|(\/\*)|(?:[eE]'(?:[^'\\]|''|\\[\s\S])*|'(?:[^']|'')*)('?)|"(?:[^"]|"")*("?)|(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|\$([A-Za-z_]\w*)|(\$\d+)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|([([])|([)\]])|(;)|[\s\S]/g

/** The pieces of a text that count, as PostgreSQL reads it (`standard_conforming_strings` on). @throws LogiDataError `expression.syntax` */
function* piecesOf(text: string): Generator<Piece> {
  const token = new RegExp(TOKEN)
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [whole, line, comment, string, name, dollar, parameter, numbered, open, close, semicolon] = match
    const start = match.index
    let end = start + whole.length
    if (comment !== undefined) end = endOfComment(text, start)
    else if (dollar !== undefined) {
      const closing = text.indexOf(dollar, end)
      if (closing < 0) throw unfinished(start, text)
      end = closing + dollar.length
    } else if (string === '' || name === '') throw unfinished(start, text)
    token.lastIndex = end
    if (parameter !== undefined) yield { kind: 'parameter', start, end }
    else if (numbered !== undefined) yield { kind: 'numbered', start, end }
    else if (open !== undefined) yield { kind: 'open', start, end }
    else if (close !== undefined) yield { kind: 'close', start, end }
    else if (semicolon !== undefined) yield { kind: 'semicolon', start, end }
    else if (whole.trim() !== '' && line === undefined && comment === undefined) yield { kind: 'other', start, end }
  }
}

/** Comments nest. */
function endOfComment(text: string, start: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = start
  let depth = 0
  for (let match = mark.exec(text); match; match = mark.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return match.index + 2
  }
  throw unfinished(start, text)
}

const unfinished = (start: number, text: string) =>
  userError('expression.syntax', 'Something that is opened here is never closed.', {
    range: { start, end: text.length },
  })

/** A text with parameters as numbers, and their names by number (`$1` is the first). */
export interface Numbered {
  readonly text: string
  readonly names: readonly string[]
}

/**
 * Takes the names of parameters (`$since`) out of a query or an expression. What stands in quotes and comments is left alone.
 * @param names of what came before; the same name has the same number
 * @throws LogiDataError `expression.syntax`
 */
export function numberParameters(text: string, names: readonly string[] = []): Numbered {
  const all = [...names]
  let result = ''
  let from = 0
  for (const { kind, start, end } of piecesOf(text)) {
    if (kind === 'numbered')
      throw userError('expression.syntax', `Parameters have names here, not numbers: ${text.slice(start, end)}.`, {
        range: { start, end },
        hint: 'Write $since, and give since among the parameters of the pipeline.',
      })
    if (kind !== 'parameter') continue
    const name = text.slice(start + 1, end)
    if (!all.includes(name)) all.push(name)
    result += `${text.slice(from, start)}$${all.indexOf(name) + 1}`
    from = end
  }
  return { text: result + text.slice(from), names: all }
}

/** Puts something in the place of each numbered parameter; what stands in quotes and comments is left alone. */
export function replaceNumbered(text: string, replace: (number: number) => string): string {
  let result = ''
  let from = 0
  for (const { kind, start, end } of piecesOf(text)) {
    if (kind !== 'numbered') continue
    result += text.slice(from, start) + replace(Number(text.slice(start + 1, end)))
    from = end
  }
  return result + text.slice(from)
}

/** One expression, so that it can stand in parentheses and nothing of it is outside of them. @throws LogiDataError `expression.syntax` */
export function checkedExpression(text: string): string {
  checkBrackets(text)
  return `(\n${text}\n)`
}

/** One statement without its last `;`, to stand in parentheses. @throws LogiDataError `expression.syntax` */
export function checkedQuery(text: string): string {
  const pieces = [...piecesOf(text)]
  const last = pieces.at(-1)
  const body = last?.kind === 'semicolon' ? text.slice(0, last.start) : text
  checkBrackets(body)
  return `(\n${body}\n)`
}

function checkBrackets(text: string): void {
  const opened: number[] = []
  let any = false
  for (const { kind, start, end } of piecesOf(text)) {
    any = true
    const range = { start, end }
    if (kind === 'semicolon') throw userError('expression.syntax', 'Only one is allowed here, without “;”.', { range })
    if (kind === 'open') opened.push(start)
    if (kind === 'close' && opened.pop() === undefined)
      throw userError('expression.syntax', 'A bracket is closed that was never opened.', { range })
  }
  const start = opened.at(-1)
  if (start !== undefined) throw unfinished(start, text)
  if (!any) throw userError('expression.syntax', 'There is nothing here.', { range: { start: 0, end: text.length } })
}
