import { readsConnections } from '../../shared/pipeline/reads-connections.ts'
import * as actions from '../canvas/canvas-actions.ts'
import { canvasHandle } from '../canvas/canvas-state.ts'
import { t } from '../i18n/index.ts'
import { keysOf } from '../keys/this-keyboard.ts'
import { redo, undo, usePipeline } from '../store/pipeline.ts'
import { cancelRun, isRunning, startRun, useRun } from '../store/run.ts'
import { useSelection } from '../store/selection.ts'
import { changeSettings } from '../store/settings.ts'
import { openDialog, openProblems, showPanes, showScreen, toggleDocs, useUi } from '../store/ui.ts'
import { askForSubPipeline, putStepsHere } from '../sub-pipeline/actions.ts'
import { openStep, pathOfStep } from '../sub-pipeline/ways.ts'
import { SCREENS } from './screens.tsx'

export interface Command {
  readonly id: string
  readonly title: string
  readonly keys?: string | undefined
  readonly enabled: boolean
  readonly run: () => void
}

/** What the palette offers to do, as things stand. */
export function commands(): Command[] {
  const { document, canUndo, canRedo } = usePipeline.getState()
  const { nodeIds } = useSelection.getState()
  const only = nodeIds.length === 1 ? nodeIds[0] : undefined
  const running = isRunning(useRun.getState())
  const hasNodes = Object.keys(document?.nodes ?? {}).length > 0
  const { dataOpen, inspectorOpen, leftOpen } = useUi.getState()
  const always = (id: string, title: string, run: () => void, keys?: string): Command => ({
    id,
    title,
    keys,
    enabled: true,
    run,
  })
  return [
    {
      id: 'run',
      title: t('command.run'),
      keys: keysOf('run'),
      enabled: hasNodes && !running,
      run: () => void startRun(),
    },
    { id: 'dryRun', title: t('command.dryRun'), enabled: hasNodes, run: () => openDialog({ kind: 'dryRun' }) },
    {
      id: 'offlineRun',
      title: t('command.offlineRun'),
      enabled: hasNodes && !running && readsConnections(document),
      run: () => openDialog({ kind: 'offlineRun' }),
    },
    { id: 'cancel', title: t('command.cancel'), enabled: running, run: () => void cancelRun() },
    { id: 'undo', title: t('command.undo'), keys: keysOf('undo'), enabled: canUndo, run: undo },
    { id: 'redo', title: t('command.redo'), keys: keysOf('redo'), enabled: canRedo, run: redo },
    {
      id: 'quickAdd',
      title: t('command.quickAdd'),
      keys: keysOf('quickAdd'),
      enabled: document !== undefined,
      run: () => canvasHandle()?.quickAdd(),
    },
    { id: 'tidy', title: t('command.tidy'), enabled: hasNodes, run: () => canvasHandle()?.tidy() },
    { id: 'fit', title: t('command.fit'), keys: keysOf('fit'), enabled: hasNodes, run: () => canvasHandle()?.fit() },
    {
      id: 'selectAll',
      title: t('command.selectAll'),
      keys: keysOf('selectAll'),
      enabled: hasNodes,
      run: actions.selectAll,
    },
    {
      id: 'makeSubPipeline',
      title: t('sub.makeCommand'),
      enabled: nodeIds.length > 0,
      run: () => askForSubPipeline(nodeIds),
    },
    ...(only !== undefined && pathOfStep(only) !== undefined
      ? [
          { id: 'openStep', title: t('sub.open'), keys: keysOf('open'), enabled: true, run: () => void openStep(only) },
          { id: 'putStepsHere', title: t('sub.putHere'), enabled: true, run: () => void putStepsHere(only) },
        ]
      : []),
    {
      id: 'parameters',
      title: t('command.parameters'),
      enabled: document !== undefined,
      run: () => openDialog({ kind: 'parameters' }),
    },
    ...SCREENS.map(({ id }) => always(`screen.${id}`, t(`rail.${id}`), () => showScreen(id))),
    always('newPipeline', t('command.newPipeline'), () => openDialog({ kind: 'newPipeline' })),
    always('docs', t('command.docs'), toggleDocs, keysOf('docs')),
    always('shortcuts', t('shortcuts.title'), () => openDialog({ kind: 'shortcuts' }), keysOf('shortcuts')),
    always('problems', t('command.problems'), openProblems),
    always('left', t('command.toggleLeft'), () => showPanes({ leftOpen: !leftOpen })),
    always('data', t('command.toggleData'), () => showPanes({ dataOpen: !dataOpen })),
    always('inspector', t('command.toggleInspector'), () => showPanes({ inspectorOpen: !inspectorOpen })),
    always('light', t('command.lightTheme'), () => changeSettings({ theme: 'light' })),
    always('dark', t('command.darkTheme'), () => changeSettings({ theme: 'dark' })),
    always('system', t('command.systemTheme'), () => changeSettings({ theme: 'system' })),
  ]
}
