import { t } from '../i18n/index.ts'
import { changedSettings } from './detected-values.ts'
import { useFormScope } from './form-scope.ts'

/** How much of a file was decided for the person, and the one press that makes settings of it. */
export function Detection() {
  const scope = useFormScope()
  const { detected } = scope
  if (!detected) return null
  const changed = changedSettings(detected, scope.config)
  if (changed.length === 0) return null
  return (
    <div className="detection">
      <span className="secondary">{t('panes.detectedSettings', { count: changed.length })}</span>
      <button type="button" className="text-button" onClick={() => scope.replace({ ...scope.config, ...detected })}>
        {t('panes.useDetected')}
      </button>
    </div>
  )
}
