import { nameKey } from '../../modules/kit/inputs.ts'
import type { Comparison, Predicate, PushedKind } from '../../modules/kit/pushdown.ts'
import { type Token, tokenize } from '../../modules/kit/tokens.ts'
import type { Column } from '../../shared/engine/types.ts'
import type { Text } from '../../shared/modules/descriptor.ts'
import { constantAt, pushedValue, type Written } from './constants.ts'
import { REFUSALS } from './reasons.ts'

export interface SourceColumn extends Column {
  readonly kind: PushedKind | undefined
  /** Its place in the source; undefined: a step has computed it. */
  readonly at: number | undefined
}

export interface ReadCondition {
  /** Each is implied by the condition: where it is not true, the condition is not. */
  readonly pushed: readonly Predicate[]
  /** For each part that stays, why. */
  readonly refused: readonly Text[]
}

/**
 * The parts of a condition that mean exactly the same in a source: an allow-list of forms, by the types of their columns. What is not
 * on it stays here.
 * @param text of DuckDB, parameters filled in
 */
export function readCondition(text: string, columns: readonly SourceColumn[]): ReadCondition {
  const pushed: Predicate[] = []
  const refused: Text[] = []
  for (const part of conjuncts(tokenize(text))) {
    try {
      pushed.push(new Reader(part, columns).whole())
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown
      refused.push(thrown.reason)
    }
  }
  return { pushed, refused }
}

class Refused extends Error {
  readonly reason: Text
  constructor(reason: Text) {
    super(reason.en)
    this.reason = reason
  }
}

const lower = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toLowerCase() : '')

/** Takes a condition apart at its ANDs. */
function conjuncts(tokens: readonly Token[]): (readonly Token[])[] {
  if (isEnclosed(tokens)) return conjuncts(tokens.slice(1, -1))
  const parts: Token[][] = [[]]
  let depth = 0
  let between = 0
  for (const token of tokens) {
    if (token.kind === 'open') depth++
    if (token.kind === 'close') depth--
    const word = depth === 0 ? lower(token) : ''
    // Where AND may belong to something else, it is left alone.
    if (word === 'or' || word === 'case') return [tokens]
    if (word === 'between') between++
    if (word === 'and' && between > 0) between--
    else if (word === 'and') {
      parts.push([])
      continue
    }
    parts.at(-1)?.push(token)
  }
  return parts.length === 1 ? parts : parts.flatMap(conjuncts)
}

/** One pair of parentheses is around all of it. */
function isEnclosed(tokens: readonly Token[]): boolean {
  if (tokens[0]?.text !== '(' || tokens.length < 2) return false
  let depth = 0
  const end = tokens.findIndex((token) => {
    if (token.kind === 'open') depth++
    if (token.kind === 'close') depth--
    return depth === 0
  })
  return end === tokens.length - 1
}

const COMPARE: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '==': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}
const TURNED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}
/** Words that are no columns where they stand alone. */
const NO_COLUMNS = new Set(
  'not and or in is between case cast interval null true false exists rowid user current_user session_user current_date current_time current_timestamp localtime localtimestamp current_role current_catalog current_schema'.split(
    ' ',
  ),
)

/** Reads a whole condition or refuses it. */
class Reader {
  readonly #tokens: readonly Token[]
  readonly #columns: readonly SourceColumn[]
  #at = 0

  constructor(tokens: readonly Token[], columns: readonly SourceColumn[]) {
    this.#tokens = tokens
    this.#columns = columns
  }

  /** @throws Refused */
  whole(): Predicate {
    const predicate = this.#either()
    return this.#at === this.#tokens.length ? predicate : this.#refuse()
  }

  #either(): Predicate {
    const of = [this.#all()]
    while (this.#takes('or')) of.push(this.#all())
    return of.length === 1 && of[0] ? of[0] : { is: 'or', of }
  }

  #all(): Predicate {
    const of = [this.#negated()]
    while (this.#takes('and')) of.push(this.#negated())
    return of.length === 1 && of[0] ? of[0] : { is: 'and', of }
  }

  #negated(): Predicate {
    return this.#takes('not') ? { is: 'not', of: this.#negated() } : this.#single()
  }

  #single(): Predicate {
    const open = this.#tokens[this.#at]
    if (open?.text === '(') {
      this.#at++
      const inside = this.#either()
      this.#expect(')')
      return this.#ended(inside)
    }
    const before = constantAt(this.#tokens, this.#at)
    if (before) {
      this.#at += before.length
      const by = this.#operator()
      const column = by && this.#column()
      return by && column !== undefined ? this.#ended(this.#compare(column, TURNED[by], before)) : this.#refuse()
    }
    const column = this.#column()
    return column === undefined ? this.#refuse() : this.#ended(this.#of(column))
  }

  /** What a column is asked. */
  #of(column: number): Predicate {
    const by = this.#operator()
    if (by) return this.#compare(column, by, this.#constant())
    if (this.#takes('is')) {
      const not = this.#takes('not')
      if (!this.#takes('null')) return this.#refuse()
      this.#kind(column)
      const isNull: Predicate = { is: 'null', column: this.#place(column) }
      return not ? { is: 'not', of: isNull } : isNull
    }
    const not = this.#takes('not')
    const found = this.#takes('in') ? this.#among(column) : this.#takes('between') ? this.#between(column) : undefined
    if (found) return not ? { is: 'not', of: found } : found
    if (not || this.#kind(column) !== 'boolean') return this.#refuse()
    return { is: 'compare', column: this.#place(column), by: '=', value: { kind: 'boolean', text: 'true' } }
  }

  #among(column: number): Predicate {
    this.#expect('(')
    const of = [this.#compare(column, '=', this.#constant())]
    while (this.#tokens[this.#at]?.kind === 'comma') {
      this.#at++
      of.push(this.#compare(column, '=', this.#constant()))
    }
    this.#expect(')')
    return { is: 'or', of }
  }

  #between(column: number): Predicate {
    const low = this.#compare(column, '>=', this.#constant())
    if (!this.#takes('and')) return this.#refuse()
    return { is: 'and', of: [low, this.#compare(column, '<=', this.#constant())] }
  }

  #compare(column: number, by: Comparison, written: Written): Predicate {
    const kind = this.#kind(column)
    const { name = '', type = '' } = this.#columns[column] ?? {}
    if (kind === 'text' && by !== '=' && by !== '<>') throw new Refused(REFUSALS.order(name))
    if (kind === 'boolean' && by !== '=' && by !== '<>') return this.#refuse()
    const value = pushedValue(written, kind, type)
    if (!value) throw new Refused(REFUSALS.value(written.text, name))
    return { is: 'compare', column: this.#place(column), by, value }
  }

  #place(column: number): number {
    return this.#columns[column]?.at ?? this.#refuse()
  }

  #kind(column: number): PushedKind {
    const found = this.#columns[column]
    if (found && found.at === undefined) throw new Refused(REFUSALS.computed(found.name))
    if (!found?.kind) throw new Refused(REFUSALS.column(found?.name ?? ''))
    return found.kind
  }

  #column(): number | undefined {
    const token = this.#tokens[this.#at]
    if (!token || (token.kind !== 'word' && token.kind !== 'quoted') || NO_COLUMNS.has(lower(token))) return undefined
    const name = token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('""', '"') : token.text
    const found = this.#columns.findIndex((column) => nameKey(column.name) === nameKey(name))
    if (found < 0) return undefined
    this.#at++
    return found
  }

  #constant(): Written {
    const found = constantAt(this.#tokens, this.#at)
    if (!found) return this.#refuse()
    this.#at += found.length
    return found
  }

  #operator(): Comparison | undefined {
    const [first, second] = this.#tokens.slice(this.#at, this.#at + 2)
    const both = second?.space === '' ? COMPARE[`${first?.text}${second.text}`] : undefined
    const by = both ?? COMPARE[first?.text ?? '']
    if (by) this.#at += both ? 2 : 1
    return by
  }

  #takes(word: string): boolean {
    if (lower(this.#tokens[this.#at]) !== word) return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    if (this.#tokens[this.#at]?.text !== text) this.#refuse()
    this.#at++
  }

  /** Nothing may follow a comparison that would make another one of it: `a = 1 + b`, `a > 1 IS NULL`. */
  #ended(predicate: Predicate): Predicate {
    const next = this.#tokens[this.#at]
    const word = lower(next)
    return !next || next.text === ')' || word === 'and' || word === 'or' ? predicate : this.#refuse()
  }

  #refuse(): never {
    const shown = this.#tokens.map(({ text, space }, index) => (index > 0 && space ? ` ${text}` : text)).join('')
    throw new Refused(REFUSALS.form(shown.length > 80 ? `${shown.slice(0, 79)}…` : shown))
  }
}
