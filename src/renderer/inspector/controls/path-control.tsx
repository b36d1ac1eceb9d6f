import { useCallback, useState } from 'react'
import type { FileDetection } from '../../../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../../shared/errors.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { api } from '../../api.ts'
import { t, text } from '../../i18n/index.ts'
import { equalValues } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { formatBytes } from '../format-bytes.ts'
import type { Option } from '../option-matching.ts'
import { SuggestInput } from '../suggest-input.tsx'
import { asText } from './simple-controls.tsx'

/** A file to read, proposed from the project's own; once there is one, its settings can be detected. */
export function InputPathControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const [options, setOptions] = useState<readonly Option[]>([])
  const onQuery = useCallback((contains: string) => {
    // What cannot be listed is only not proposed: any path may be typed.
    api.call('project.files', { contains }).then(
      (files) => setOptions(files.map((file) => ({ value: file.path, detail: formatBytes(file.bytes) }))),
      () => setOptions([]),
    )
  }, [])
  return (
    <>
      <SuggestInput
        value={asText(value)}
        options={options}
        label={text(field.title)}
        placeholder={field.placeholder ?? 'data/…'}
        failed={problems.some((problem) => problem.severity === 'error')}
        onBegin={scope.begin}
        onQuery={onQuery}
        onChange={(typed) => scope.change(path, typed)}
      />
      {path.length === 1 && asText(value) !== '' && scope.nodeType.startsWith('extract.') && <Detection />}
    </>
  )
}

type DetectionState =
  | { readonly kind: 'idle' | 'running' }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  | { readonly kind: 'done'; readonly detection: FileDetection }

/** Asks what the file looks like, and says what was decided before anything changes. */
function Detection() {
  const scope = useFormScope()
  const [state, setState] = useState<DetectionState>({ kind: 'idle' })

  const detect = async () => {
    setState({ kind: 'running' })
    try {
      const detection = await api.call('file.detect', { type: scope.nodeType, config: { ...scope.config } })
      setState({ kind: 'done', detection })
    } catch (thrown) {
      setState({ kind: 'failed', error: toErrorInfo(thrown) })
    }
  }

  return (
    <div className="detection">
      <button type="button" className="text-button" disabled={state.kind === 'running'} onClick={() => void detect()}>
        {state.kind === 'running' ? t('panes.detecting') : t('panes.detect')}
      </button>
      {state.kind === 'failed' && <p className="field-problem">{state.error.message}</p>}
      {state.kind === 'done' && <Detected detection={state.detection} onClose={() => setState({ kind: 'idle' })} />}
    </div>
  )
}

function Detected({ detection, onClose }: { detection: FileDetection; onClose: () => void }) {
  const scope = useFormScope()
  const found = detection.config as Record<string, JsonValue>
  const changed = Object.entries(found).filter(([key, value]) => !equalValues(value, scope.config[key]))
  return (
    <div className="detected">
      <p className="secondary">
        {detection.preview
          ? t('panes.detected', { columns: detection.preview.columns.length, settings: changed.length })
          : t('panes.detectedSettings', { settings: changed.length })}
      </p>
      <dl className="detected-list">
        {changed.map(([key, value]) => (
          <div key={key}>
            <dt>{key.replaceAll('_', ' ')}</dt>
            <dd className="mono truncate" title={asText(value)}>
              {brief(value)}
            </dd>
          </div>
        ))}
      </dl>
      <div className="detected-actions">
        {changed.length > 0 && (
          <button
            type="button"
            className="text-button"
            onClick={() => {
              scope.replace({ ...scope.config, ...found })
              onClose()
            }}
          >
            {t('panes.useDetected')}
          </button>
        )}
        <button type="button" className="text-button quiet" onClick={onClose}>
          {t('panes.close')}
        </button>
      </div>
    </div>
  )
}

function brief(value: JsonValue): string {
  if (Array.isArray(value)) return t('panes.entries', { count: value.length })
  if (typeof value === 'object' && value !== null) return t('panes.entries', { count: Object.keys(value).length })
  // A tab or a blank as a delimiter would be invisible.
  return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) || '""' : String(value)
}

export function OutputPathControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  return (
    <input
      className={`bp6-input inspector-input${problems.some((each) => each.severity === 'error') ? ' bp6-intent-danger' : ''}`}
      aria-label={text(field.title)}
      placeholder={field.placeholder ?? 'out/…'}
      spellCheck={false}
      value={asText(value)}
      onFocus={scope.begin}
      onChange={(event) => scope.change(path, event.target.value)}
    />
  )
}
