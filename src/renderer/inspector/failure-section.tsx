import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { durationSchema } from '../../shared/duration.ts'
import { type RunSettings, runSettingsSchema } from '../../shared/pipeline/run-settings.ts'
import { t } from '../i18n/index.ts'
import { edit, usePipeline } from '../store/pipeline.ts'
import { changedSettings, type Draft, hasRetryDetails, shownDraft, valueText } from './failure-settings.ts'

const MOST_RETRIES = 20
let sessions = 0

/** What a node does when it fails or takes too long: retries, waits and a limit of time. */
export function FailureSection({ nodeId }: { readonly nodeId: string }) {
  const run = usePipeline((state) => state.document?.nodes[nodeId]?.run)
  const [asked, setAsked] = useState(false)
  const id = useId()
  const set = Object.keys(run ?? {}).length
  const retries = run?.retries ?? 0
  const change = (patch: Partial<Record<keyof RunSettings, unknown>>, session: string): boolean => {
    const next = changedSettings(usePipeline.getState().document?.nodes[nodeId]?.run, patch)
    if (!next) return false
    const settings = Object.keys(next).length > 0 ? { run: next } : {}
    edit([{ kind: 'setRun', nodeId, ...settings }], { group: `${nodeId}:run:${session}` })
    return true
  }
  return (
    <section className="field" data-field="run">
      <button
        type="button"
        className="fold-toggle"
        aria-expanded={asked}
        aria-controls={id}
        onClick={() => setAsked(!asked)}
      >
        <ChevronRight size={13} className={asked ? 'fold-arrow fold-open' : 'fold-arrow'} />
        {t('failure.title')}
        {set > 0 && <span className="fold-count">{summaryOf(run ?? {})}</span>}
      </button>
      {asked && (
        <div id={id} className="fold-content">
          <Typed
            title={t('failure.retries')}
            help={t('failure.retriesHelp')}
            value={retries === 0 ? '' : String(retries)}
            placeholder="0"
            problem={t('failure.retriesProblem', { most: MOST_RETRIES })}
            parse={(typed) => wholeNumber(typed, MOST_RETRIES)}
            onChange={(value, session) => change({ retries: value === 0 ? undefined : value }, session)}
          />
          {(retries > 0 || hasRetryDetails(run)) && (
            <>
              <Typed
                title={t('failure.wait')}
                help={t('failure.waitHelp')}
                value={run?.wait ?? ''}
                placeholder="1s"
                problem={t('failure.durationProblem')}
                parse={duration}
                onChange={(wait, session) => change({ wait }, session)}
              />
              <Typed
                title={t('failure.factor')}
                value={run?.factor === undefined ? '' : String(run.factor)}
                placeholder="2"
                problem={t('failure.factorProblem')}
                parse={factor}
                onChange={(value, session) => change({ factor: value }, session)}
              />
              <Typed
                title={t('failure.retryOn')}
                help={t('failure.retryOnHelp')}
                value={(run?.retry_on ?? []).join(', ')}
                placeholder="operational"
                problem={t('failure.retryOnProblem')}
                parse={codes}
                onChange={(value, session) => change({ retry_on: value }, session)}
              />
            </>
          )}
          <Typed
            title={t('failure.timeout')}
            help={t('failure.timeoutHelp')}
            value={run?.timeout ?? ''}
            placeholder={t('failure.noLimit')}
            problem={t('failure.durationProblem')}
            parse={duration}
            onChange={(timeout, session) => change({ timeout }, session)}
          />
        </div>
      )}
    </section>
  )
}

function summaryOf({ retries, timeout }: RunSettings): string {
  const parts = [
    ...(retries ? [t('failure.times', { count: retries })] : []),
    ...(timeout === undefined ? [] : [t('failure.atMost', { time: timeout })]),
  ]
  return parts.join(' · ') || t('panes.set', { count: 1 })
}

interface TypedProps<T> {
  readonly title: string
  readonly help?: string
  readonly value: string
  readonly placeholder: string
  /** Said while what is typed cannot be read. */
  readonly problem: string
  /** @returns undefined for what cannot be read */
  readonly parse: (typed: string) => T | undefined
  /** Undefined where nothing is typed. @returns whether it was taken */
  readonly onChange: (value: T | undefined, session: string) => boolean
}

/** Keeps what is being typed until it can be read, so that `2` is not taken away before the `s` of `2s`. */
function Typed<T>({ title, help, value, placeholder, problem, parse, onChange }: TypedProps<T>) {
  const [draft, setDraft] = useState<Draft>()
  const [session, setSession] = useState('')
  const id = useId()
  const typedText = shownDraft(draft, value)
  const unread = typedText !== undefined && typedText.trim() !== '' && parse(typedText.trim()) === undefined
  return (
    <div className="field">
      <header className="field-title">
        <label htmlFor={id}>{title}</label>
      </header>
      <input
        id={id}
        className={`bp6-input inspector-input mono${unread ? ' bp6-intent-danger' : ''}`}
        aria-invalid={unread}
        placeholder={placeholder}
        spellCheck={false}
        value={typedText ?? value}
        onFocus={() => {
          sessions += 1
          setSession(`${title}:${sessions}`)
        }}
        onBlur={() => setDraft(undefined)}
        onChange={({ target }) => {
          const typed = target.value.trim()
          const read = typed === '' ? undefined : parse(typed)
          const taken = (typed === '' || read !== undefined) && onChange(read, session)
          setDraft({ text: target.value, of: taken ? valueText(read) : value })
        }}
      />
      {unread ? <p className="field-problem">{problem}</p> : help && <p className="field-note">{help}</p>}
    </div>
  )
}

const wholeNumber = (typed: string, most: number): number | undefined =>
  /^\d{1,2}$/.test(typed) && Number(typed) <= most ? Number(typed) : undefined

const duration = (typed: string): string | undefined => {
  const read = durationSchema.safeParse(typed)
  return read.success ? read.data : undefined
}

const factor = (typed: string): number | undefined => {
  const read = runSettingsSchema.shape.factor.safeParse(Number(typed.replace(',', '.')))
  return read.success ? read.data : undefined
}

const codes = (typed: string): string[] | undefined => {
  const read = runSettingsSchema.shape.retry_on.safeParse(typed.split(/[\s,;]+/).filter((code) => code !== ''))
  return read.success ? read.data : undefined
}
