import type { Problem } from '../../shared/engine/types.ts'
import type { Vocabulary } from './completion.ts'

export type Shape = 'line' | 'block' | 'query' | 'program'
export type CodeLanguage = 'sql' | 'javascript'

export interface ExpressionEditorProps {
  readonly value: string
  readonly onChange: (value: string) => void
  /** Ctrl+Enter, Enter in a single line, or leaving the field. */
  readonly onCommit?: (() => void) | undefined
  /** Editing begins: what follows until it ends is one undo step. */
  readonly onBegin?: (() => void) | undefined
  readonly vocabulary: Vocabulary
  readonly label: string
  readonly placeholder?: string | undefined
  /** `line`: Enter commits. `block`: Enter breaks the line. `query`: larger, and Tab indents. `program`: as long as it is, unwrapped. */
  readonly shape?: Shape | undefined
  /** SQL unless said otherwise. */
  readonly language?: CodeLanguage | undefined
  readonly problems?: readonly Problem[]
  readonly autoFocus?: boolean
}

/** What was pressed while the editor was still being fetched. */
export interface EarlyKeys {
  offset: number
  typed: string
  /** Ctrl+A: what is typed replaces everything. */
  all: boolean
  /** All of it was deleted. */
  erased: boolean
}
