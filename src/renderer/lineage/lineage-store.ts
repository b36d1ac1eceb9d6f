import { create } from 'zustand'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { Impact, LineageOverview, LineageRef } from '../../shared/lineage/project.ts'
import type { LineageFormat } from '../../shared/rpc/app/lineage.ts'
import { api } from '../api.ts'
import { flush } from '../store/sessions.ts'
import { showScreen } from '../store/ui.ts'

export type Lit = 'both' | 'upstream' | 'downstream'

export interface LineageState {
  readonly overview: LineageOverview | undefined
  readonly loading: boolean
  readonly error: ErrorInfo | undefined
  readonly start: LineageRef | undefined
  readonly upstream: Impact | undefined
  readonly downstream: Impact | undefined
  readonly lit: Lit
  readonly query: string
  /** Boxes that show all of their columns. */
  readonly expanded: ReadonlySet<string>
}

export const useLineage = create<LineageState>()(() => ({
  overview: undefined,
  loading: false,
  error: undefined,
  start: undefined,
  upstream: undefined,
  downstream: undefined,
  lit: 'both',
  query: '',
  expanded: new Set(),
}))

/** Shows the lineage of one column. */
export async function openLineage(start: LineageRef): Promise<void> {
  useLineage.setState({ query: '' })
  showScreen('lineage')
  await chooseColumn(start)
}

export const closeLineage = (): void => showScreen('editor')

export async function readLineage(): Promise<void> {
  useLineage.setState({ loading: true, error: undefined })
  try {
    // Lineage is of the files as they are: what was just typed is part of it.
    await flush().catch(() => undefined)
    const overview = await api.call('lineage.project', { detail: [] })
    useLineage.setState({ overview, loading: false })
  } catch (thrown) {
    useLineage.setState({ loading: false, error: toErrorInfo(thrown) })
  }
}

let turn = 0

export async function chooseColumn(start: LineageRef | undefined): Promise<void> {
  const mine = ++turn
  useLineage.setState({ start, upstream: undefined, downstream: undefined, error: undefined })
  if (!start) return
  try {
    const [upstream, downstream] = await Promise.all([
      api.call('lineage.impact', { start, direction: 'upstream' }),
      api.call('lineage.impact', { start, direction: 'downstream' }),
    ])
    if (mine === turn) useLineage.setState({ upstream, downstream })
  } catch (thrown) {
    if (mine === turn) useLineage.setState({ error: toErrorInfo(thrown) })
  }
}

export function toggleBox(id: string): void {
  const expanded = new Set(useLineage.getState().expanded)
  if (!expanded.delete(id)) expanded.add(id)
  useLineage.setState({ expanded })
}

/** Hands the lineage to the person as a file. */
export async function downloadLineage(format: LineageFormat): Promise<void> {
  const { text, fileName } = await api.call('lineage.export', { format })
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
