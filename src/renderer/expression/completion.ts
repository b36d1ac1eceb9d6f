import type { Column } from '../../shared/engine/types.ts'
import type { Parameter } from '../../shared/pipeline/document.ts'
import type { FunctionInfo } from '../../shared/rpc/engine-contract.ts'
import { expressionKeywords, queryKeywords } from './keywords.ts'
import { quoteName, sameName, unquoteName } from './names.ts'
import { type Token, tokenAt, tokenize } from './tokens.ts'

/** What a text may speak of. An SQL text has `tables`, an expression only `columns`. */
export interface Vocabulary {
  readonly columns: readonly Column[]
  readonly tables?: readonly { readonly name: string; readonly columns: readonly Column[] }[] | undefined
  readonly parameters: Readonly<Record<string, Parameter>>
  readonly functions: readonly FunctionInfo[]
}

export interface CompletionItem {
  readonly kind: 'column' | 'table' | 'parameter' | 'function' | 'keyword'
  readonly label: string
  readonly insert: string
  /** A `$0` in `insert` is where the caret goes. */
  readonly snippet: boolean
  /** Beside the label: a type, a signature. */
  readonly detail: string
  readonly documentation?: string
  /** Items of a lower rank come first. */
  readonly rank: number
  /** What is typed is compared with this, where it is not the label. */
  readonly filter?: string
}

export interface Completion {
  /** The part of the text that an item replaces. */
  readonly start: number
  readonly end: number
  readonly items: readonly CompletionItem[]
}

/** What may stand at `offset`. Nothing inside a string, a comment or a number. */
export function completeAt(text: string, offset: number, vocabulary: Vocabulary): Completion | undefined {
  const tokens = tokenize(text)
  const token = tokens.find((each) => each.start < offset && offset <= each.end)
  if (token && isInside(token, text, offset)) return undefined
  if (token?.kind === 'parameter' || text[offset - 1] === '$') {
    const start = token?.kind === 'parameter' ? token.start : offset - 1
    return { start, end: Math.max(offset, token?.end ?? 0), items: parameterItems(vocabulary) }
  }
  const word = token && ['name', 'function', 'keyword', 'quotedName'].includes(token.kind) ? token : undefined
  const start = word?.start ?? offset
  const end = word?.end ?? offset
  const table = tableBefore(text, start, tokens, vocabulary)
  if (table) return { start, end, items: columnItems(table.columns) }
  return {
    start,
    end,
    items: [
      ...columnItems(allColumns(vocabulary)),
      ...(vocabulary.tables ?? []).map(tableItem),
      ...parameterItems(vocabulary),
      ...(word?.kind === 'quotedName' ? [] : functionItems(vocabulary.functions)),
      ...(word?.kind === 'quotedName' ? [] : keywordItems(vocabulary.tables !== undefined)),
    ],
  }
}

function isInside(token: Token, text: string, offset: number): boolean {
  if (token.kind === 'number' || token.kind === 'comment') return true
  if (token.kind !== 'string') return false
  const closed = token.end - token.start > 1 && text[token.end - 1] === "'"
  return !(closed && offset === token.end)
}

function tableBefore(text: string, start: number, tokens: readonly Token[], vocabulary: Vocabulary) {
  if (text[start - 1] !== '.') return undefined
  const token = tokenAt(tokens, start - 1)
  if (!token) return undefined
  const name = unquoteName(text.slice(token.start, token.end))
  return vocabulary.tables?.find((table) => sameName(table.name, name))
}

function allColumns(vocabulary: Vocabulary): readonly Column[] {
  if (!vocabulary.tables) return vocabulary.columns
  const seen = new Map<string, Column>()
  for (const table of vocabulary.tables) for (const column of table.columns) seen.set(column.name.toLowerCase(), column)
  return [...seen.values()]
}

const columnItems = (columns: readonly Column[]): CompletionItem[] =>
  columns.map((column) => ({
    kind: 'column',
    label: column.name,
    insert: quoteName(column.name),
    snippet: false,
    detail: column.type,
    rank: 0,
  }))

const tableItem = (table: { name: string; columns: readonly Column[] }): CompletionItem => ({
  kind: 'table',
  label: table.name,
  insert: quoteName(table.name),
  snippet: false,
  detail: `${table.columns.length} columns`,
  rank: 1,
})

const parameterItems = (vocabulary: Vocabulary): CompletionItem[] =>
  Object.entries(vocabulary.parameters).map(([name, parameter]) => ({
    kind: 'parameter',
    label: `$${name}`,
    insert: `$${name}`,
    snippet: false,
    detail: parameter.default === undefined ? parameter.type : `${parameter.type} = ${parameter.default}`,
    ...(parameter.description ? { documentation: parameter.description } : {}),
    rank: 2,
  }))

/** Operators such as `+` are functions in DuckDB's catalogue, but nobody completes them. */
const isWord = (name: string) => /^[a-z_]\w*$/i.test(name)

/** The same list is asked for at every key press, and it has thousands of entries. */
const itemsOfFunctions = new WeakMap<readonly FunctionInfo[], CompletionItem[]>()

function functionItems(functions: readonly FunctionInfo[]): CompletionItem[] {
  const known = itemsOfFunctions.get(functions)
  if (known) return known
  const items = functions
    .filter((each) => isWord(each.name))
    .map(
      (each): CompletionItem => ({
        kind: 'function',
        label: each.name,
        insert: each.signatures.every((signature) => /\(\s*\)/.test(signature)) ? `${each.name}()` : `${each.name}($0)`,
        snippet: !each.signatures.every((signature) => /\(\s*\)/.test(signature)),
        detail: each.signatures[0] ?? each.kind,
        documentation: documentFunction(each),
        rank: 3,
      }),
    )
  itemsOfFunctions.set(functions, items)
  return items
}

const keywordItems = (query: boolean): CompletionItem[] =>
  [...expressionKeywords, ...(query ? queryKeywords : [])].map((word) => ({
    kind: 'keyword',
    label: word,
    insert: word,
    snippet: false,
    detail: '',
    rank: 4,
  }))

/** A function's help: its description, then how it may be called. */
export function documentFunction(info: FunctionInfo): string {
  const shown = info.signatures.slice(0, 6)
  const more = info.signatures.length - shown.length
  const calls = [...shown, ...(more > 0 ? [`… +${more}`] : [])].join('\n')
  return `${info.description ? `${info.description}\n\n` : ''}\`\`\`\n${calls}\n\`\`\``
}

export interface Hover {
  readonly start: number
  readonly end: number
  readonly title: string
  readonly markdown: string
}

/** What the word at `offset` means. */
export function hoverAt(text: string, offset: number, vocabulary: Vocabulary): Hover | undefined {
  const token = tokenize(text).find((each) => each.start <= offset && offset < each.end)
  if (!token) return undefined
  const word = text.slice(token.start, token.end)
  const range = { start: token.start, end: token.end }
  if (token.kind === 'parameter') {
    const parameter = vocabulary.parameters[word.slice(1)]
    if (!parameter) return undefined
    const value = parameter.default === undefined ? '' : ` = ${parameter.default}`
    return { ...range, title: `${word}: ${parameter.type}${value}`, markdown: parameter.description ?? '' }
  }
  if (token.kind === 'function') {
    const info = vocabulary.functions.find((each) => sameName(each.name, word))
    return info && { ...range, title: `${info.name} (${info.kind})`, markdown: documentFunction(info) }
  }
  if (token.kind === 'name' || token.kind === 'quotedName') {
    const name = unquoteName(word)
    const column = allColumns(vocabulary).find((each) => sameName(each.name, name))
    return column && { ...range, title: `${column.name}: ${column.type}`, markdown: '' }
  }
  return undefined
}
