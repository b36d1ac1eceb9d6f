import { Button } from '@blueprintjs/core'
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { t } from '../i18n/index.ts'
import { dismissToast, useToasts } from '../store/toasts.ts'

const icons = { neutral: Info, ok: CircleCheck, warning: TriangleAlert, danger: CircleAlert }

export function Toaster() {
  const toasts = useToasts((state) => state.toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, tone, message, hint, action, more }) => {
        const Icon = icons[tone]
        return (
          <div key={id} className={`toast is-${tone}`}>
            <Icon size={16} aria-hidden />
            <div className="toast-words">
              <div>{message}</div>
              {hint && <div className="toast-hint">{hint}</div>}
              {(more || action) && (
                <div className="toast-actions">
                  {[more, action].map(
                    (one) =>
                      one && (
                        <Button
                          key={one.label}
                          size="small"
                          variant="minimal"
                          intent="primary"
                          text={one.label}
                          onClick={() => {
                            dismissToast(id)
                            one.run()
                          }}
                        />
                      ),
                  )}
                </div>
              )}
            </div>
            <Button
              size="small"
              variant="minimal"
              icon={<X size={14} />}
              aria-label={t('dialog.close')}
              onClick={() => dismissToast(id)}
            />
          </div>
        )
      })}
    </div>
  )
}
