import { create } from 'zustand'
import { rememberLayout, useSettings } from './settings.ts'

export type LeftPanel = 'pipelines' | 'steps'
/** What fills the window beside the rail. */
export type Screen = 'editor' | 'runs' | 'schedules' | 'tests' | 'lineage' | 'connections'
export type OpenDialog =
  | { readonly kind: 'parameters' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'dryRun' }
  | { readonly kind: 'offlineRun' }
  | { readonly kind: 'newPipeline' }
  | { readonly kind: 'deletePipeline'; readonly path: string; readonly name: string }
  | { readonly kind: 'renameNode'; readonly nodeId: string }
  | {
      readonly kind: 'renameColumn'
      readonly nodeId: string
      readonly port: string | undefined
      readonly column: string
      /** A name that was typed already. */
      readonly to?: string
    }
  | { readonly kind: 'saveTest'; readonly nodeId: string; readonly port: string | undefined }
  | { readonly kind: 'makeSubPipeline'; readonly nodeIds: readonly string[] }

export interface UiState {
  readonly screen: Screen
  readonly leftPanel: LeftPanel
  readonly leftOpen: boolean
  readonly dataOpen: boolean
  readonly inspectorOpen: boolean
  readonly dialog: OpenDialog | undefined
  readonly paletteOpen: boolean
  readonly problemsOpen: boolean
  /** The inspector shows the documentation of the selected step instead of its form. */
  readonly docsOpen: boolean
}

/** Which parts of the window show. */
export const useUi = create<UiState>()(() => ({
  screen: 'editor',
  leftPanel: 'steps',
  leftOpen: true,
  dataOpen: true,
  inspectorOpen: true,
  dialog: undefined,
  paletteOpen: false,
  problemsOpen: false,
  docsOpen: false,
}))

type Remembered = Pick<UiState, 'leftPanel' | 'leftOpen' | 'dataOpen' | 'inspectorOpen'>

/** Changes which panes show, and remembers it. */
export function showPanes(changes: Partial<Remembered>): void {
  useUi.setState(changes)
  const { leftPanel, leftOpen, dataOpen, inspectorOpen } = useUi.getState()
  rememberLayout('panes', { leftPanel, leftOpen, dataOpen, inspectorOpen })
}

export function restorePanes(): void {
  const value = useSettings.getState().layout.panes
  if (typeof value !== 'object' || value === null) return
  const { leftPanel, leftOpen, dataOpen, inspectorOpen } = value as Partial<Remembered>
  useUi.setState({
    ...(leftPanel && ['pipelines', 'steps'].includes(leftPanel) && { leftPanel }),
    ...(typeof leftOpen === 'boolean' && { leftOpen }),
    ...(typeof dataOpen === 'boolean' && { dataOpen }),
    ...(typeof inspectorOpen === 'boolean' && { inspectorOpen }),
  })
}

export const showScreen = (screen: Screen): void => useUi.setState({ screen, paletteOpen: false, problemsOpen: false })

/** Clicking the panel that shows hides it. */
export function toggleLeft(panel: LeftPanel): void {
  const { leftPanel, leftOpen, screen } = useUi.getState()
  if (screen !== 'editor') {
    useUi.setState({ screen: 'editor' })
    showPanes({ leftPanel: panel, leftOpen: true })
    return
  }
  showPanes(leftPanel === panel && leftOpen ? { leftOpen: false } : { leftPanel: panel, leftOpen: true })
}

/** The problems lie over the data pane of the editor. */
export const openProblems = (): void => useUi.setState({ screen: 'editor', problemsOpen: true })
export const closeProblems = (): void => useUi.setState({ problemsOpen: false })

export const openDialog = (dialog: OpenDialog): void => useUi.setState({ dialog, paletteOpen: false })
export const closeDialog = (): void => useUi.setState({ dialog: undefined })

export function toggleDocs(): void {
  const { docsOpen, inspectorOpen } = useUi.getState()
  if (!inspectorOpen) showPanes({ inspectorOpen: true })
  useUi.setState({ docsOpen: !docsOpen || !inspectorOpen })
}
