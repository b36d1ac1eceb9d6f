import { type ComponentType, createContext, useContext } from 'react'
import type { Column, Problem } from '../../shared/engine/types.ts'
import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import type { Vocabulary } from '../expression/completion.ts'
import type { Config, ConfigPath } from './form-model.ts'

/** What every control of a node's form can ask for. */
export interface FormScope {
  readonly nodeId: string
  readonly nodeType: string
  readonly config: Readonly<Record<string, JsonValue>>
  readonly problems: readonly Problem[]
  /** Of an extract: the config with everything spelt out that was found out about its file. */
  readonly detected: Config | undefined
  /** Sets a value; `undefined` removes it. Changes between two calls of `begin` are one undo step. */
  readonly change: (path: ConfigPath, value: JsonValue | undefined) => void
  /** A field is entered: what changes from here is a step of its own. */
  readonly begin: () => void
  /** Replaces the whole config, as one step; as one with the last change of a field where it follows from that. */
  readonly replace: (config: Readonly<Record<string, JsonValue>>, following?: ConfigPath) => void
  /** Columns that a field speaks of: of its port, else of all inputs, else those that the node itself reads. */
  readonly columns: (port?: string) => readonly Column[] | undefined
  readonly vocabulary: (port?: string) => Vocabulary
  /** The control of any field: lists and groups hold fields in turn, and reach them here instead of by a circular import. */
  readonly Value: ComponentType<ControlProps>
}

export const FormScopeContext = createContext<FormScope | undefined>(undefined)

export function useFormScope(): FormScope {
  const scope = useContext(FormScopeContext)
  if (!scope) throw new Error('a form control stands outside of a form')
  return scope
}

export interface ControlProps {
  readonly field: FormField
  readonly path: ConfigPath
  /** The value of the config, else the default. */
  readonly value: JsonValue | undefined
  readonly problems: readonly Problem[]
  /** Other fields of the same group. */
  readonly siblings: Readonly<Record<string, JsonValue>>
  /** In a row of a list: small, and without a title of its own. */
  readonly compact?: boolean | undefined
}
