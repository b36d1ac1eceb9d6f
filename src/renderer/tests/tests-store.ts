import { create } from 'zustand'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { TestEntry } from '../../shared/rpc/app/tests.ts'
import type { CaseResult, TestEvent } from '../../shared/tests/result.ts'
import { api } from '../api.ts'

/** A case as the list shows it. */
export type CaseState = 'waiting' | 'running' | CaseResult['state']

export interface TestsState {
  readonly entries: readonly TestEntry[]
  readonly loaded: boolean
  /** By `caseKey`: what the last run of a case came to. */
  readonly results: Readonly<Record<string, CaseResult>>
  readonly active: Readonly<Record<string, 'waiting' | 'running'>>
  readonly running: boolean
  /** A case, or without `name` a file. */
  readonly selected: { readonly path: string; readonly name?: string | undefined } | undefined
  readonly error: ErrorInfo | undefined
}

export const useTests = create<TestsState>()(() => ({
  entries: [],
  loaded: false,
  results: {},
  active: {},
  running: false,
  selected: undefined,
  error: undefined,
}))

export const caseKey = (path: string, name: string): string => `${path}\n${name}`

export function caseState({ active, results }: TestsState, path: string, name: string): CaseState | undefined {
  const key = caseKey(path, name)
  return active[key] ?? results[key]?.state
}

export const selectTest = (selected: TestsState['selected']): void => useTests.setState({ selected })

export async function loadTests(): Promise<void> {
  try {
    useTests.setState({ entries: await api.call('tests.list', {}), loaded: true, error: undefined })
  } catch (thrown) {
    useTests.setState({ loaded: true, error: toErrorInfo(thrown) })
  }
}

let stopping: AbortController | undefined

export const stopTests = (): void => stopping?.abort()

/** Runs all tests, those of one file, or one case. */
export async function runTests(only: { readonly path?: string; readonly name?: string } = {}): Promise<void> {
  if (useTests.getState().running) return
  await loadTests()
  const { entries } = useTests.getState()
  const active: Record<string, 'waiting'> = {}
  for (const { path, cases } of entries)
    for (const name of cases)
      if ((only.path ?? path) === path && (only.name ?? name) === name) active[caseKey(path, name)] = 'waiting'
  useTests.setState({ running: true, active, error: undefined })
  stopping = new AbortController()
  const request = { ...(only.path ? { paths: [only.path] } : {}), ...(only.name ? { name: only.name } : {}) }
  try {
    for await (const event of api.stream('tests.run', request, { signal: stopping.signal })) take(event)
  } catch (thrown) {
    const error = toErrorInfo(thrown)
    if (error.kind !== 'cancelled') useTests.setState({ error })
  } finally {
    useTests.setState({ running: false, active: {} })
  }
}

function take(event: TestEvent): void {
  const { active, results } = useTests.getState()
  if (event.kind === 'started')
    useTests.setState({ active: { ...active, [caseKey(event.path, event.name)]: 'running' } })
  if (event.kind !== 'ended') return
  const key = caseKey(event.path, event.name)
  const { [key]: _done, ...rest } = active
  useTests.setState({ active: rest, results: { ...results, [key]: event.result } })
}
