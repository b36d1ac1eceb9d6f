/** What the documentation of steps uses of Markdown; anything else stays text. */
export type Block =
  | { readonly kind: 'paragraph' | 'heading'; readonly text: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly (readonly Inline[])[]; readonly rows: Inline[][][] }

export interface Inline {
  readonly kind: 'text' | 'code' | 'strong' | 'emphasis'
  readonly text: string
}

export function parseMarkdown(text: string): Block[] {
  return blocksOf(text.replaceAll('\r\n', '\n').split('\n'))
}

const ITEM = /^( {0,3})([-*]|\d{1,3}[.)]) +/
const FENCE = /^ {0,3}```/
const HEADING = /^ {0,3}#{1,6} +/
const RULE = /^ {0,3}\|?[ :|-]*-[ :|-]*\|?$/

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const next = lines[at + 1] ?? ''
    if (line.trim() === '') at += 1
    else if (FENCE.test(line)) {
      const end = lines.findIndex((each, index) => index > at && FENCE.test(each))
      const last = end < 0 ? lines.length : end
      blocks.push({ kind: 'code', text: lines.slice(at + 1, last).join('\n') })
      at = last + 1
    } else if (HEADING.test(line)) {
      blocks.push({ kind: 'heading', text: parseInline(line.replace(HEADING, '').trim()) })
      at += 1
    } else if (line.includes('|') && RULE.test(next) && next.includes('|')) {
      let last = at + 2
      while (lines[last]?.includes('|')) last += 1
      const [head, , ...rows] = lines.slice(at, last)
      blocks.push({ kind: 'table', head: cellsOf(head ?? ''), rows: rows.map(cellsOf) })
      at = last
    } else if (ITEM.test(line)) {
      const list = listAt(lines, at)
      blocks.push(list.block)
      at = list.next
    } else {
      let last = at + 1
      while (last < lines.length && !startsBlock(lines[last] ?? '')) last += 1
      blocks.push({ kind: 'paragraph', text: parseInline(joined(lines.slice(at, last))) })
      at = last
    }
  }
  return blocks
}

const startsBlock = (line: string) => line.trim() === '' || FENCE.test(line) || HEADING.test(line) || ITEM.test(line)
const joined = (lines: readonly string[]) => lines.map((line) => line.trim()).join(' ')

/** Items go on over lines that are indented, or that begin no block of their own. */
function listAt(lines: readonly string[], start: number): { block: Block; next: number } {
  const items: Block[][] = []
  const ordered = /^ {0,3}\d/.test(lines[start] ?? '')
  let at = start
  while (at < lines.length) {
    const mark = ITEM.exec(lines[at] ?? '')
    if (!mark) break
    const indent = mark[0].length
    const own = [(lines[at] ?? '').slice(indent)]
    at += 1
    while (at < lines.length) {
      const line = lines[at] ?? ''
      const inside = line.startsWith(' '.repeat(Math.min(indent, 2)))
      const emptyInside = line.trim() === '' && /^ {2,}\S/.test(lines[at + 1] ?? '')
      if (!(inside || emptyInside || !startsBlock(line))) break
      own.push(inside ? line.slice(Math.min(indent, /^ */.exec(line)?.[0].length ?? 0)) : line)
      at += 1
    }
    items.push(blocksOf(own))
    if (lines[at]?.trim() === '' && ITEM.test(lines[at + 1] ?? '')) at += 1
  }
  return { block: { kind: 'list', ordered, items }, next: at }
}

const cellsOf = (line: string): Inline[][] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => parseInline(cell.trim().replaceAll('\\|', '|')))

/** Code, strong and emphasis; a link is its text. */
export function parseInline(text: string): Inline[] {
  const parts: Inline[] = []
  const plain = (value: string) => {
    if (value !== '') parts.push({ kind: 'text', text: value.replace(/\[([^\]]+)\]\([^)\s]+\)/g, '$1') })
  }
  const marks = /(`+)(.+?)\1(?!`)|\*\*(\S(?:.*?\S)?)\*\*|(?<![\w*])[*_](\S(?:[^*_]*?\S)?)[*_](?![\w*])/g
  let done = 0
  for (const match of text.matchAll(marks)) {
    const [whole, , code, strong, emphasis] = match
    plain(text.slice(done, match.index))
    if (code !== undefined) parts.push({ kind: 'code', text: code.trim() })
    else if (strong !== undefined) parts.push({ kind: 'strong', text: strong.replaceAll('`', '') })
    else if (emphasis !== undefined) parts.push({ kind: 'emphasis', text: emphasis })
    done = match.index + whole.length
  }
  plain(text.slice(done))
  return parts
}
