import type * as Monaco from 'monaco-editor/editor/editor.api.js'
import { type CompletionItem, completeAt, hoverAt, type Vocabulary } from './completion.ts'
import type { CodeLanguage } from './expression-editor-props.ts'
import type { MonacoApi } from './monaco-api.ts'
import { completeScript } from './script-completion.ts'
import { type ScriptState, tokenizeScriptLine } from './script-tokens.ts'
import { type LineState, tokenizeLine } from './tokens.ts'

export const LANGUAGES: Readonly<Record<CodeLanguage, string>> = { sql: 'logidata-sql', javascript: 'logidata-script' }
const LANGUAGE = LANGUAGES.sql

/** What each open text may speak of, by the address of its model. */
const vocabularies = new Map<string, () => Vocabulary>()

/** Until the given clean-up is called, completion and hovers of the model use this. */
export function provideVocabulary(model: Monaco.editor.ITextModel, vocabulary: () => Vocabulary): () => void {
  const key = model.uri.toString()
  vocabularies.set(key, vocabulary)
  return () => vocabularies.delete(key)
}

class State<Open extends string> implements Monaco.languages.IState {
  readonly open: Open
  constructor(open: Open) {
    this.open = open
  }
  clone(): this {
    return this
  }
  equals(other: Monaco.languages.IState): boolean {
    return other instanceof State && other.open === this.open
  }
}

export function registerLanguage(monaco: MonacoApi): void {
  monaco.languages.register({ id: LANGUAGE })
  monaco.languages.setLanguageConfiguration(LANGUAGE, {
    comments: { lineComment: '--', blockComment: ['/*', '*/'] },
    brackets: [
      ['(', ')'],
      ['[', ']'],
      ['{', '}'],
    ],
    autoClosingPairs: [
      { open: '(', close: ')', notIn: ['string', 'comment'] },
      { open: '[', close: ']', notIn: ['string', 'comment'] },
      { open: "'", close: "'", notIn: ['string', 'comment'] },
      { open: '"', close: '"', notIn: ['string', 'comment'] },
    ],
    surroundingPairs: [
      { open: '(', close: ')' },
      { open: "'", close: "'" },
      { open: '"', close: '"' },
    ],
    wordPattern: /"(?:[^"]|"")*"?|\$?[\p{L}_][\p{L}\p{N}_]*|\d+(?:\.\d+)?/u,
  })
  monaco.languages.setTokensProvider(LANGUAGE, {
    getInitialState: () => new State<LineState>('code'),
    tokenize: (line, state) => {
      const result = tokenizeLine(line, (state as State<LineState>).open)
      const tokens = result.tokens.map((token) => ({ startIndex: token.start, scopes: token.kind }))
      return { tokens, endState: new State(result.state) }
    },
  })
  monaco.languages.registerCompletionItemProvider(LANGUAGE, {
    triggerCharacters: ['$', '.', '"'],
    provideCompletionItems: (model, position) => {
      const vocabulary = vocabularies.get(model.uri.toString())?.()
      const completion = vocabulary && completeAt(model.getValue(), model.getOffsetAt(position), vocabulary)
      if (!completion) return { suggestions: [] }
      const range = rangeOf(model, completion.start, completion.end)
      const typed = model.getValueInRange(range)
      return { suggestions: completion.items.map((item) => suggestion(monaco, item, range, typed)) }
    },
  })
  monaco.languages.registerHoverProvider(LANGUAGE, {
    provideHover: (model, position) => {
      const vocabulary = vocabularies.get(model.uri.toString())?.()
      const hover = vocabulary && hoverAt(model.getValue(), model.getOffsetAt(position), vocabulary)
      if (!hover) return null
      const contents = [{ value: `\`${hover.title}\`` }, ...(hover.markdown ? [{ value: hover.markdown }] : [])]
      return { range: rangeOf(model, hover.start, hover.end), contents }
    },
  })
}

/** The language of scripts, as far as a short program needs it: colours, brackets, and the columns of a row. */
export function registerScripts(monaco: MonacoApi): void {
  const language = LANGUAGES.javascript
  monaco.languages.register({ id: language })
  const quotes = ["'", '"', '`'].map((quote) => ({ open: quote, close: quote, notIn: ['string', 'comment'] }))
  const brackets: [string, string][] = [
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
  ]
  monaco.languages.setLanguageConfiguration(language, {
    comments: { lineComment: '//', blockComment: ['/*', '*/'] },
    brackets,
    autoClosingPairs: [...brackets.map(([open, close]) => ({ open, close, notIn: ['string', 'comment'] })), ...quotes],
    surroundingPairs: [...brackets.map(([open, close]) => ({ open, close })), ...quotes],
    indentationRules: { increaseIndentPattern: /[[{(]\s*$/, decreaseIndentPattern: /^\s*[\]})]/ },
    wordPattern: /[\p{L}_$][\p{L}\p{N}_$]*|\d+(?:\.\d+)?/u,
  })
  monaco.languages.setTokensProvider(language, {
    getInitialState: () => new State<ScriptState>('code'),
    tokenize: (line, state) => {
      const result = tokenizeScriptLine(line, (state as State<ScriptState>).open)
      const tokens = result.tokens.map((token) => ({ startIndex: token.start, scopes: token.kind }))
      return { tokens, endState: new State(result.state) }
    },
  })
  monaco.languages.registerCompletionItemProvider(language, {
    triggerCharacters: ['.', '[', '"', "'"],
    provideCompletionItems: (model, position) => {
      const vocabulary = vocabularies.get(model.uri.toString())?.()
      const completion = vocabulary && completeScript(model.getValue(), model.getOffsetAt(position), vocabulary)
      if (!completion) return { suggestions: [] }
      const range = rangeOf(model, completion.start, completion.end)
      return { suggestions: completion.items.map((item) => suggestion(monaco, item, range, '')) }
    },
  })
}

function suggestion(
  monaco: MonacoApi,
  item: CompletionItem,
  range: Monaco.IRange,
  typed: string,
): Monaco.languages.CompletionItem {
  const kinds = monaco.languages.CompletionItemKind
  const kind = {
    column: kinds.Field,
    table: kinds.Struct,
    parameter: kinds.Variable,
    function: kinds.Function,
    keyword: kinds.Keyword,
  }[item.kind]
  return {
    kind,
    label: { label: item.label, description: item.detail },
    insertText: item.insert,
    range,
    // Monaco filters by what stands in the range, quotes included.
    filterText: item.filter ?? (typed.startsWith('"') ? `"${item.label}` : item.label),
    sortText: `${item.rank}${item.label.length.toString().padStart(3, '0')}${item.label}`,
    ...(item.snippet ? { insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet } : {}),
    ...(item.documentation ? { documentation: { value: item.documentation } } : {}),
    ...(item.snippet && item.insert.includes('$0')
      ? { command: { id: 'editor.action.triggerSuggest', title: '' } }
      : {}),
  }
}

/** Monaco's range of UTF-16 offsets. */
export function rangeOf(model: Monaco.editor.ITextModel, start: number, end: number): Monaco.IRange {
  const from = model.getPositionAt(start)
  const to = model.getPositionAt(end)
  return {
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  }
}
