import { useState } from 'react'
import type { FieldSuggestion } from '../../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { api } from '../api.ts'
import { t, text } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useFormScope } from './form-scope.ts'

type State =
  | { readonly kind: 'idle' | 'running' }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  | { readonly kind: 'done'; readonly found: FieldSuggestion }

/** Fills a field with what the data of the node's inputs has, as one step that can be undone. */
export function FromData({ field }: { field: FormField }) {
  const scope = useFormScope()
  const [state, setState] = useState<State>({ kind: 'idle' })
  if (!field.fromData) return null

  const take = async () => {
    const { document, parameters } = usePipeline.getState()
    if (!document) return
    setState({ kind: 'running' })
    try {
      const found = await api.call('draft.suggest', {
        document,
        parameters: { ...parameters },
        nodeId: scope.nodeId,
        field: field.name,
      })
      if (found.entries > 0) {
        // What was typed in the meantime stays.
        const now = usePipeline.getState().document?.nodes[scope.nodeId]?.config ?? {}
        scope.replace({ ...now, ...(found.config as Record<string, JsonValue>) })
      }
      setState({ kind: 'done', found })
    } catch (thrown) {
      setState({ kind: 'failed', error: toErrorInfo(thrown) })
    }
  }

  return (
    <div className="detection">
      <button type="button" className="text-button" disabled={state.kind === 'running'} onClick={() => void take()}>
        {state.kind === 'running' ? t('panes.takingFromData') : text(field.fromData)}
      </button>
      {state.kind === 'failed' && (
        <p className="field-problem" role="alert">
          {state.error.message} {state.error.hint}
        </p>
      )}
      {state.kind === 'done' && (
        <p className="secondary" role="status">
          {said(state.found)}
        </p>
      )}
    </div>
  )
}

function said({ entries, exactness, more }: FieldSuggestion): string {
  if (entries === 0) return t('panes.nothingInData')
  const taken = t(exactness === 'exact' ? 'panes.tookFromData' : 'panes.tookFromSample', { count: entries })
  return more ? `${taken} ${t('panes.moreInData')}` : taken
}
