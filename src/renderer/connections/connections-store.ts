import { create } from 'zustand'
import type { BrowseEntry, Connection, ConnectorInfo, Diagnosis } from '../../shared/connections/connection.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { ConnectionsState, Environments, ListedConnection } from '../../shared/rpc/app/connections.ts'
import { api } from '../api.ts'
import { loadAgain, usePreview } from '../data-pane/preview-store.ts'
import { requestAnalysis } from '../store/analysis.ts'

/** What the right half of the screen shows. */
export type Subject =
  | { readonly kind: 'connection'; readonly name: string }
  | { readonly kind: 'new'; readonly type?: string }

/** Below one path of a tree. */
export type Branch =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly entries: readonly BrowseEntry[] }
  | { readonly state: 'failed'; readonly error: ErrorInfo }

interface Store {
  readonly board: ConnectionsState | undefined
  /** Known before the board is. */
  readonly environments: Environments | undefined
  readonly kinds: readonly ConnectorInfo[]
  readonly error: ErrorInfo | undefined
  readonly subject: Subject | undefined
  /** By connection and path. */
  readonly branches: Readonly<Record<string, Branch>>
}

export const useConnections = create<Store>()(() => ({
  board: undefined,
  environments: undefined,
  kinds: [],
  error: undefined,
  subject: undefined,
  branches: {},
}))

export const choose = (subject: Subject | undefined): void => useConnections.setState({ subject })

/** For the window's frame; it goes without when the application does not answer. */
export async function loadEnvironments(): Promise<void> {
  const environments = await api.call('connection.environments', {}).catch(() => undefined)
  useConnections.setState({ environments })
}

/** Reads the project's connections and the kinds that there are. */
export async function loadConnections(): Promise<void> {
  try {
    const known = useConnections.getState().kinds
    const [board, kinds] = await Promise.all([
      api.call('connection.list', {}),
      known.length > 0 ? known : api.call('connection.kinds', {}),
    ])
    useConnections.setState({ kinds })
    show(board)
  } catch (thrown) {
    useConnections.setState({ error: toErrorInfo(thrown) })
  }
}

function show(board: ConnectionsState): void {
  const { subject } = useConnections.getState()
  const gone = subject?.kind === 'connection' && !board.connections.some(({ name }) => name === subject.name)
  const [first] = board.connections
  const fallback: Subject | undefined = first && { kind: 'connection', name: first.name }
  useConnections.setState({
    board,
    environments: board,
    error: undefined,
    ...(subject === undefined || gone ? { subject: fallback } : {}),
  })
}

/** @param was its name until now. @throws LogiDataError */
export async function saveConnection(
  was: string | undefined,
  name: string,
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  environment: string | null,
): Promise<void> {
  const asked = { name, connection, secrets: { ...secrets }, environment, ...(was && { was }) }
  const board = await api.call('connection.save', asked)
  useConnections.setState({ branches: {} })
  choose({ kind: 'connection', name })
  show(board)
}

/** @throws LogiDataError */
export async function removeConnection(name: string): Promise<void> {
  show(await api.call('connection.remove', { name }))
}

/** @throws LogiDataError */
export async function forgetSecret(name: string, secret: string): Promise<void> {
  show(await api.call('connection.forgetSecret', { name, secret }))
}

/** @throws LogiDataError */
export async function setEnvironment(environment: string | undefined): Promise<void> {
  useConnections.setState({ branches: {} })
  show(await api.call('connection.setEnvironment', environment === undefined ? {} : { environment }))
  // Columns and rows are those of another system now.
  void requestAnalysis()
  if (usePreview.getState().wanted) loadAgain()
}

/** @throws LogiDataError */
export async function openVault(what: 'create' | 'unlock', passphrase: string): Promise<void> {
  show(await api.call(what === 'create' ? 'vault.create' : 'vault.unlock', { passphrase }))
}

/** @throws LogiDataError */
export async function lockVault(): Promise<void> {
  show(await api.call('vault.lock', {}))
}

/** @throws LogiDataError */
export function testConnection(
  name: string,
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  environment: string | null,
  signal: AbortSignal,
): Promise<Diagnosis> {
  return api.call('connection.test', { name, connection, secrets: { ...secrets }, environment }, { signal })
}

export const branchKey = (name: string, path: readonly string[]): string => JSON.stringify([name, ...path])

/** Loads what is directly below a path, once; `again` asks anew. */
export async function openBranch(name: string, path: readonly string[], again = false): Promise<void> {
  const key = branchKey(name, path)
  const known = useConnections.getState().branches[key]
  if (known && known.state !== 'failed' && !again) return
  setBranch(key, { state: 'loading' })
  try {
    setBranch(key, { state: 'loaded', entries: await api.call('connection.browse', { name, path: [...path] }) })
  } catch (thrown) {
    setBranch(key, { state: 'failed', error: toErrorInfo(thrown) })
  }
}

const setBranch = (key: string, branch: Branch): void =>
  useConnections.setState(({ branches }) => ({ branches: { ...branches, [key]: branch } }))

/** As the file has it, without what the list adds. */
export function asSaved({
  name: _name,
  secrets: _secrets,
  secretsIn: _in,
  ...connection
}: ListedConnection): Connection {
  return connection
}
