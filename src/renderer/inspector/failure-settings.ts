import { type RunSettings, runSettingsSchema } from '../../shared/pipeline/run-settings.ts'

/** What only matters to a step that is tried again. */
const OF_RETRIES = ['wait', 'factor', 'retry_on'] as const

/** Settings that are there although nothing is tried again: of a file that was written by hand. */
export const hasRetryDetails = (run: RunSettings | undefined): boolean =>
  OF_RETRIES.some((key) => run?.[key] !== undefined)

/** @returns undefined where that may not be; empty: no settings. Without retries, what belongs to them goes too. */
export function changedSettings(
  run: RunSettings | undefined,
  patch: Partial<Record<keyof RunSettings, unknown>>,
): RunSettings | undefined {
  const withoutRetries = 'retries' in patch && !patch.retries
  const gone: readonly string[] = withoutRetries ? OF_RETRIES : []
  const kept = Object.entries({ ...run, ...patch }).filter(([key, value]) => value !== undefined && !gone.includes(key))
  const next = runSettingsSchema.safeParse(Object.fromEntries(kept))
  return next.success ? next.data : undefined
}

/** What is being typed, and the value that the document had when it was. */
export interface Draft {
  readonly text: string
  readonly of: string
}

/** What is typed shows until the document changes by another hand: an undo, or another window. */
export const shownDraft = (draft: Draft | undefined, value: string): string | undefined =>
  draft?.of === value ? draft.text : undefined

/** As a field shows it. */
export const valueText = (value: unknown): string => {
  if (value === undefined || value === 0) return ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}
