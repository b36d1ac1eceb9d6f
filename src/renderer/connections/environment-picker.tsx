import { HTMLSelect } from '@blueprintjs/core'
import { useEffect } from 'react'
import { t } from '../i18n/index.ts'
import { useProject } from '../store/project.ts'
import { toastError } from '../store/toasts.ts'
import './connections.css'
import { loadEnvironments, setEnvironment, useConnections } from './connections-store.ts'

/** In which environment previews and runs read and write; nothing where the project knows none. */
export function EnvironmentPicker() {
  const root = useProject((state) => state.project?.root)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another project has other environments.
  useEffect(() => void loadEnvironments(), [root])
  const known = useConnections((state) => state.environments)
  if (!known || known.environments.length === 0) return null
  return (
    <HTMLSelect
      className="environment-picker"
      aria-label={t('connections.environment')}
      title={t('environments.runsIn')}
      value={known.environment ?? ''}
      onChange={({ currentTarget }) => void setEnvironment(currentTarget.value || undefined).catch(toastError)}
      options={[
        { value: '', label: t('connections.noEnvironment') },
        ...known.environments.map((value) => ({ value, label: value })),
      ]}
    />
  )
}
