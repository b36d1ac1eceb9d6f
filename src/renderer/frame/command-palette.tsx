import { MenuItem } from '@blueprintjs/core'
import { type ItemRenderer, Omnibar } from '@blueprintjs/select'
import { SquareTerminal, Workflow } from 'lucide-react'
import type { ReactElement } from 'react'
import { canvasHandle } from '../canvas/canvas-state.ts'
import { fold, matchStep } from '../canvas/search-steps.ts'
import { t, text } from '../i18n/index.ts'
import { ModuleTile } from '../icons/module-icon.tsx'
import { moduleOf, useModules } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'
import { openPipeline } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { showScreen, useUi } from '../store/ui.ts'
import { commands } from './commands.ts'

interface Item {
  readonly id: string
  readonly kind: 'command' | 'node' | 'step' | 'pipeline'
  readonly title: string
  readonly more?: string | undefined
  readonly icon: ReactElement
  /** 0: does not answer the query. */
  readonly score: (query: string) => number
  readonly run: () => void
}

const MOST = 40

/** Everything that can be gone to or done, by typing. */
export function CommandPalette() {
  const open = useUi((state) => state.paletteOpen)
  const close = () => useUi.setState({ paletteOpen: false })
  return (
    <Omnibar<Item>
      isOpen={open}
      onClose={close}
      items={open ? allItems() : []}
      resetOnSelect
      itemListPredicate={(query, items) => best(query, items)}
      itemRenderer={renderItem}
      // Nothing typed yet: what is there is offered at once.
      initialContent={undefined}
      noResults={<MenuItem disabled text={t('palette.nothing')} />}
      inputProps={{ placeholder: t('palette.placeholder'), 'aria-label': t('bar.search') }}
      overlayProps={{ transitionDuration: 0 }}
      onItemSelect={(item) => {
        close()
        // The palette gives the focus back as it closes; what the command focuses must come after.
        setTimeout(item.run)
      }}
    />
  )
}

function allItems(): Item[] {
  const words =
    (title: string, more = '') =>
    (query: string) => {
      const wanted = fold(query)
      const whole = fold(`${title} ${more}`)
      if (fold(title).startsWith(wanted)) return 4
      return wanted.split(/\s+/).every((word) => whole.includes(word)) ? 2 : 0
    }
  const { document, path: front } = usePipeline.getState()
  const nodes = Object.entries(document?.nodes ?? {}).map(([nodeId, node]): Item => {
    const info = moduleOf(node.type)
    const title = node.label ?? nodeId
    const more = info ? text(info.title) : node.type
    return {
      id: `node ${nodeId}`,
      kind: 'node',
      title,
      more,
      icon: <ModuleTile info={info} size={20} />,
      score: words(title, `${nodeId} ${more}`),
      run: () => inEditor(() => canvasHandle()?.reveal(nodeId)),
    }
  })
  const doable = commands()
    .filter((command) => command.enabled)
    .map(
      ({ id, title, keys, run }): Item => ({
        id: `command ${id}`,
        kind: 'command',
        title,
        more: keys,
        icon: <SquareTerminal size={16} strokeWidth={1.8} />,
        score: words(title),
        run,
      }),
    )
  const steps = document ? useModules.getState().list : []
  const addable = steps.map(
    (info): Item => ({
      id: `step ${info.type}`,
      kind: 'step',
      title: text(info.title),
      more: t(`family.${info.family}`),
      icon: <ModuleTile info={info} size={20} />,
      // An empty query shows what is there, not all that could be added.
      score: (query) => (query === '' ? 0 : matchStep(info, query)),
      run: () => inEditor(() => canvasHandle()?.add(info.type)),
    }),
  )
  const pipelines = (useProject.getState().project?.pipelines ?? [])
    .filter(({ path }) => path !== front)
    .map(
      ({ path, name }): Item => ({
        id: `pipeline ${path}`,
        kind: 'pipeline',
        title: name,
        more: path,
        icon: <Workflow size={16} strokeWidth={1.8} />,
        score: words(name, path),
        run: () => inEditor(() => void openPipeline(path).catch(toastError)),
      }),
    )
  return [...doable.slice(0, 4), ...pipelines, ...nodes, ...doable.slice(4), ...addable]
}

/** What is of the canvas is seen on the canvas, whichever screen was open. */
function inEditor(act: () => void): void {
  showScreen('editor')
  act()
}

function best(query: string, items: readonly Item[]): Item[] {
  return items
    .map((item, index) => ({ item, index, score: item.score(query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => (query === '' ? a.index - b.index : b.score - a.score || a.index - b.index))
    .slice(0, MOST)
    .map(({ item }) => item)
}

const renderItem: ItemRenderer<Item> = (item, { handleClick, handleFocus, modifiers, ref }) => (
  <MenuItem
    key={item.id}
    ref={ref}
    active={modifiers.active}
    icon={<span className="palette-icon">{item.icon}</span>}
    text={
      <>
        {item.title}
        {item.more && <span className="palette-more">{item.more}</span>}
      </>
    }
    label={t(`palette.${item.kind}`)}
    onClick={handleClick}
    {...(handleFocus && { onFocus: handleFocus })}
  />
)
