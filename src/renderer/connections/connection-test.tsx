import { Button } from '@blueprintjs/core'
import { CircleCheck, CircleX, Zap } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Connection, Diagnosis } from '../../shared/connections/connection.ts'
import { formatMilliseconds, t } from '../i18n/index.ts'
import { toastError } from '../store/toasts.ts'
import { testConnection } from './connections-store.ts'

interface ConnectionTestProps {
  readonly name: string
  readonly connection: Connection
  /** Typed, and not stored yet. */
  readonly secrets: Readonly<Record<string, string>>
  /** Null: none. */
  readonly environment: string | null
}

/** Connects step by step, and says what is in the way. */
export function ConnectionTest({ name, connection, secrets, environment }: ConnectionTestProps) {
  const [diagnosis, setDiagnosis] = useState<Diagnosis>()
  const [going, setGoing] = useState(false)
  const ending = useRef<AbortController>(undefined)
  const element = useRef<HTMLElement>(null)
  useEffect(() => () => ending.current?.abort(), [])
  useEffect(() => {
    if (diagnosis) element.current?.scrollIntoView({ block: 'nearest' })
  }, [diagnosis])
  const test = async () => {
    ending.current?.abort()
    const mine = new AbortController()
    ending.current = mine
    setGoing(true)
    try {
      const found = await testConnection(name, connection, secrets, environment, mine.signal)
      if (!mine.signal.aborted) setDiagnosis(found)
    } catch (thrown) {
      if (!mine.signal.aborted) toastError(thrown)
    } finally {
      if (!mine.signal.aborted) setGoing(false)
    }
  }
  return (
    <section className="connection-test" ref={element}>
      <Button icon={<Zap size={14} />} text={t('connections.test')} loading={going} onClick={() => void test()} />
      {diagnosis && (
        <ol aria-live="polite">
          {diagnosis.steps.map(({ step, ok, message, hint, milliseconds }) => (
            <li key={step} className={ok ? 'is-ok' : 'is-failed'}>
              {ok ? <CircleCheck size={15} aria-hidden /> : <CircleX size={15} aria-hidden />}
              <span>
                {message} <span className="secondary">{formatMilliseconds(milliseconds)}</span>
                {hint !== undefined && <p>{hint}</p>}
              </span>
            </li>
          ))}
        </ol>
      )}
      {diagnosis?.server !== undefined && <p className="secondary">{diagnosis.server}</p>}
    </section>
  )
}
