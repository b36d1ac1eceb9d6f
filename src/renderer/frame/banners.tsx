import { Button } from '@blueprintjs/core'
import { RefreshCw, TriangleAlert, Unplug } from 'lucide-react'
import { useEffect, useState } from 'react'
import { t } from '../i18n/index.ts'
import { useEngine } from '../store/engine.ts'
import { usePipeline } from '../store/pipeline.ts'
import { resolveConflict, retrySave } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { openProblems } from '../store/ui.ts'

/** What a person must know, or decide, before going on. */
export function Banners() {
  const lost = useAfter(
    useEngine((state) => state.connection === 'lost'),
    400,
  )
  const restarting = useEngine((state) => state.status?.state === 'restarting')
  const saved = usePipeline((state) => state.saved)
  const saveError = usePipeline((state) => state.saveError)
  if (lost) {
    return (
      <div className="banner is-warning" role="alert">
        <Unplug size={15} aria-hidden />
        {t('connection.lost')}
      </div>
    )
  }
  return (
    <>
      {restarting && (
        <div className="banner is-warning" role="status">
          <RefreshCw size={15} aria-hidden />
          {t('engine.restarting')}
        </div>
      )}
      {saved === 'conflict' && (
        <div className="banner is-warning" role="alert">
          <TriangleAlert size={15} aria-hidden />
          {t('conflict.message')}
          <span className="status-space" />
          <Button
            size="small"
            text={t('conflict.theirs')}
            onClick={() => void resolveConflict('theirs').catch(toastError)}
          />
          <Button
            size="small"
            text={t('conflict.mine')}
            onClick={() => void resolveConflict('mine').catch(toastError)}
          />
        </div>
      )}
      {saved === 'incomplete' && (
        <div className="banner is-warning" role="alert">
          <TriangleAlert size={15} aria-hidden />
          {t('save.incomplete')}
          <span className="status-space" />
          <Button size="small" text={t('command.problems')} onClick={openProblems} />
        </div>
      )}
      {saved === 'failed' && (
        <div className="banner is-danger" role="alert">
          <TriangleAlert size={15} aria-hidden />
          <span>
            {t('save.failed', { message: saveError?.message ?? '' })} {saveError?.hint}
          </span>
          <span className="status-space" />
          <Button size="small" text={t('save.retry')} onClick={retrySave} />
        </div>
      )}
    </>
  )
}

/** True once a condition has held for a while: a blink is not worth a banner. */
function useAfter(condition: boolean, milliseconds: number): boolean {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (!condition) return setHeld(false)
    const timer = setTimeout(() => setHeld(true), milliseconds)
    return () => clearTimeout(timer)
  }, [condition, milliseconds])
  return held
}
