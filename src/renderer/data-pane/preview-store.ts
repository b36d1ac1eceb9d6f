import { create } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'
import type { Cell, Column, Preview, Profile } from '../../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { type PipelineDocument, parseReference } from '../../shared/pipeline/document.ts'
import { api } from '../api.ts'
import { useModules } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { selectedNode, useSelection } from '../store/selection.ts'
import { toastError } from '../store/toasts.ts'
import { upstreamKey } from './upstream-key.ts'

/** The rows that the pane shows; while newer ones are on their way they stay, dimmed. */
export interface ShownRows {
  readonly nodeId: string
  readonly port: string | undefined
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly exactness: Preview['exactness']
  readonly totalRows: number | undefined
  readonly more: boolean
  readonly milliseconds: number
  /** When the oldest of its sources over a connection was asked. */
  readonly asOf: string | undefined
}

export interface PreviewState {
  /** What is asked for: the selected port, in the state of the document. */
  readonly wanted: { readonly nodeId: string; readonly port: string | undefined; readonly key: string } | undefined
  readonly shown: ShownRows | undefined
  readonly profile: Profile | undefined
  readonly pending: boolean
  readonly loadingMore: boolean
  readonly error: ErrorInfo | undefined
}

const nothing: PreviewState = {
  wanted: undefined,
  shown: undefined,
  profile: undefined,
  pending: false,
  loadingMore: false,
  error: undefined,
}

export const usePreview = create<PreviewState>()(subscribeWithSelector((): PreviewState => nothing))

export const PAGE = 200
/** Between an edit and its preview: long enough to skip keys of fast typing, too short to be noticed. */
const DEBOUNCE = 80

let running: AbortController | undefined
let timer: ReturnType<typeof setTimeout> | undefined

interface Draft {
  readonly document: PipelineDocument
  readonly parameters: Record<string, string>
  readonly nodeId: string
  readonly port?: string
}

function draft(): Draft | undefined {
  const { document, parameters } = usePipeline.getState()
  const { wanted } = usePreview.getState()
  if (!document || !wanted) return undefined
  return {
    document,
    parameters: { ...parameters },
    nodeId: wanted.nodeId,
    ...(wanted.port === undefined ? {} : { port: wanted.port }),
  }
}

/** Follows the selection and the edits that matter to it. Gives back what stops it. */
export function followSelection(): () => void {
  const check = () => {
    const { document, parameters } = usePipeline.getState()
    const selection = useSelection.getState()
    const nodeId = selectedNode(selection)
    if (!document || nodeId === undefined || !document.nodes[nodeId]) return ask(undefined)
    ask({ nodeId, port: selection.port, key: upstreamKey(document, nodeId, parameters) })
  }
  check()
  const stops = [usePipeline.subscribe(check), useSelection.subscribe(check)]
  return () => {
    for (const stop of stops) stop()
    clearTimeout(timer)
    running?.abort()
  }
}

function ask(wanted: PreviewState['wanted']): void {
  const before = usePreview.getState().wanted
  if (!wanted) {
    if (before) reset()
    return
  }
  const samePort = before?.nodeId === wanted.nodeId && before.port === wanted.port
  if (samePort && before?.key === wanted.key) return
  usePreview.setState({ wanted, pending: true })
  clearTimeout(timer)
  // Another node: at once. Another letter in an expression: when the typing pauses.
  timer = setTimeout(() => void load(), samePort ? DEBOUNCE : 0)
}

function reset(): void {
  clearTimeout(timer)
  running?.abort()
  running = undefined
  usePreview.setState(nothing)
}

/** Asks again, for data that changed outside of the studio. */
export function reload(): void {
  usePreview.setState({ pending: true })
  void askSources().then(load)
}

/** Reads again, without asking the sources. */
export function loadAgain(): void {
  usePreview.setState({ pending: true })
  void load()
}

/** Rows that came over a connection are asked for anew; why that fails is said, and the rows of before stay. */
async function askSources(): Promise<void> {
  const { shown } = usePreview.getState()
  const { document } = usePipeline.getState()
  if (!document || shown?.asOf === undefined) return
  const { byType } = useModules.getState()
  const above = sourcesAbove(document, shown.nodeId).filter((nodeId) =>
    byType.get(document.nodes[nodeId]?.type ?? '')?.fields.some(({ control }) => control === 'connection'),
  )
  const parameters = draft()?.parameters ?? {}
  for (const nodeId of above) await api.call('source.refresh', { document, parameters, nodeId }).catch(toastError)
}

/** Nodes without inputs that a node stands on, itself included. */
function sourcesAbove(document: PipelineDocument, nodeId: string, seen = new Set<string>()): string[] {
  if (seen.has(nodeId)) return []
  seen.add(nodeId)
  const inputs = Object.values(document.nodes[nodeId]?.inputs ?? {})
  if (inputs.length === 0) return [nodeId]
  return inputs.flatMap((reference) => sourcesAbove(document, parseReference(reference).nodeId, seen))
}

async function load(): Promise<void> {
  running?.abort()
  const mine = new AbortController()
  running = mine
  const request = draft()
  if (!request) return
  const { signal } = mine
  try {
    const preview = await api.call('draft.preview', { ...request, limit: PAGE }, { signal })
    if (signal.aborted) return
    const before = usePreview.getState()
    const samePort = before.shown?.nodeId === request.nodeId && before.shown.port === request.port
    usePreview.setState({
      shown: toShown(request, preview),
      // Heads keep their old bars until the new ones are there, where they still speak of the same port.
      profile: samePort ? before.profile : undefined,
      pending: false,
      error: undefined,
    })
  } catch (thrown) {
    if (signal.aborted) return
    usePreview.setState({ pending: false, error: toErrorInfo(thrown) })
    return
  }
  try {
    const profile = await api.call('draft.profile', request, { signal })
    if (!signal.aborted) usePreview.setState({ profile })
  } catch {
    // Heads without bars still tell name and type; what is wrong with the data, the rows have said.
    if (!signal.aborted) usePreview.setState({ profile: undefined })
  }
}

const toShown = (request: Draft, preview: Preview): ShownRows => ({
  nodeId: request.nodeId,
  port: request.port,
  columns: preview.columns,
  rows: preview.rows,
  exactness: preview.exactness,
  totalRows: preview.totalRows,
  more: preview.more,
  milliseconds: preview.milliseconds,
  asOf: preview.asOf,
})

/** Appends the next page of rows. */
export async function loadMore(): Promise<void> {
  const { shown, pending, loadingMore } = usePreview.getState()
  const request = draft()
  if (!shown?.more || pending || loadingMore || !request || !running) return
  const { signal } = running
  usePreview.setState({ loadingMore: true })
  try {
    // Pages grow with what is there already, so that scrolling through a large result takes few of them.
    const limit = Math.min(5_000, Math.max(500, shown.rows.length))
    const page = await api.call('draft.preview', { ...request, limit, offset: shown.rows.length }, { signal })
    if (!signal.aborted && usePreview.getState().shown === shown) {
      const rows = [...shown.rows, ...page.rows]
      usePreview.setState({ shown: { ...shown, rows, more: page.more, totalRows: page.totalRows ?? shown.totalRows } })
    }
  } catch (thrown) {
    if (!signal.aborted) usePreview.setState({ error: toErrorInfo(thrown) })
  } finally {
    usePreview.setState({ loadingMore: false })
  }
}
