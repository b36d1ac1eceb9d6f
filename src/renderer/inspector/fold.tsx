import { ChevronRight } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import type { FormField } from '../../shared/modules/descriptor.ts'
import { t } from '../i18n/index.ts'
import { type Config, countSet } from './form-model.ts'

interface FoldProps {
  readonly fields: readonly FormField[]
  readonly values: Config
  readonly children: ReactNode
  /** Something inside wants to be seen, such as a problem. */
  readonly forced?: boolean
}

/** What is rarely needed, behind a line that says how much of it is set. */
export function Fold({ fields, values, children, forced = false }: FoldProps) {
  const [asked, setAsked] = useState(false)
  const open = asked || forced
  const id = useId()
  const set = countSet(fields, values)
  return (
    <div className="fold">
      <button
        type="button"
        className="fold-toggle"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setAsked(!open)}
      >
        <ChevronRight size={13} className={open ? 'fold-arrow fold-open' : 'fold-arrow'} />
        {t('panes.more')}
        {set > 0 && <span className="fold-count">{t('panes.set', { count: set })}</span>}
      </button>
      {open && (
        <div id={id} className="fold-content">
          {children}
        </div>
      )}
    </div>
  )
}
