import { InputGroup } from '@blueprintjs/core'
import { ChevronRight } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { t, text } from '../i18n/index.ts'
import { ModuleTile } from '../icons/module-icon.tsx'
import { useModules } from '../store/modules.ts'
import { STEP_DRAG } from './canvas-state.ts'
import { setFamilyOpen, useClosedFamilies, useRecentSteps } from './palette-memory.ts'
import { StepCard } from './step-card.tsx'
import { type ListLine, stepLines } from './step-lines.ts'
import { useStepCard } from './use-step-card.ts'
import './step-list.css'

interface Props {
  readonly onChoose: (info: ModuleInfo) => void
  readonly accept?: (info: ModuleInfo) => boolean
  readonly placeholder: string
  readonly autoFocus?: boolean
  readonly draggable?: boolean
  /** Families can be folded away, and stay so. */
  readonly foldable?: boolean
  readonly onEscape?: () => void
  readonly emptyText: (query: string) => string
}

/** Steps by family, with a search: the palette, and the menu of a dropped connection. All of it can be done by keys. */
export function StepList(props: Props) {
  const { onChoose, accept, placeholder, autoFocus, draggable, foldable = false, onEscape, emptyText } = props
  const all = useModules((state) => state.list)
  const recent = useRecentSteps()
  const closed = useClosedFamilies()
  const [query, setQuery] = useState('')
  /** Before any arrow key the first step, not the first head, is what Enter adds. */
  const [active, setActive] = useState(-1)
  const list = useRef<HTMLDivElement>(null)
  const card = useStepCard(list)
  const steps = useMemo(() => (accept ? all.filter(accept) : all), [all, accept])
  const lines = stepLines({ steps, query, recent, closed: foldable ? closed : new Set(), foldable })
  /** Heads that fold are lines to stand on; others are not. */
  const stops = lines.filter((line) => line.kind === 'step' || (line.kind === 'family' && foldable))
  const first = Math.max(
    0,
    stops.findIndex((line) => line.kind === 'step'),
  )
  const at = stops[Math.min(active < 0 ? first : active, stops.length - 1)]

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the line as soon as it is drawn.
  useEffect(() => {
    if (active < 0) return
    list.current?.querySelector(`[data-line="${at?.key}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at?.key])

  const search = (typed: string) => {
    setQuery(typed)
    setActive(-1)
    card.hide()
  }
  const move = (by: number) => {
    const next = Math.max(0, Math.min(stops.length - 1, (active < 0 ? first : active) + by))
    setActive(next)
    const line = stops[next]
    if (line?.kind === 'step') card.follow(line.key, line.info)
    else card.hide()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event
    if (key === 'ArrowDown') move(1)
    else if (key === 'ArrowUp') move(-1)
    else if (key === 'PageDown') move(8)
    else if (key === 'PageUp') move(-8)
    else if (key === 'F1' && at?.kind === 'step') card.toggle(at.key, at.info)
    else if (key === 'Escape' && card.at) card.hide()
    else if (key === 'Escape' && query !== '') search('')
    else if (key === 'Escape' && onEscape) onEscape()
    else if (key === 'Enter' && at?.kind === 'step') choose(at.info)
    else if ((key === 'Enter' || key === 'ArrowLeft' || key === 'ArrowRight') && query === '' && at && foldable) {
      if (at.kind === 'note' || at.kind === 'recent') return
      const family = at.kind === 'family' ? at.family : at.info.family
      if (at.kind === 'step' && (key !== 'ArrowLeft' || at.recent)) return
      setFamilyOpen(family, key === 'Enter' ? closed.has(family) : key === 'ArrowRight')
      if (at.kind === 'step') setActive(stops.findIndex((line) => line.kind === 'family' && line.family === family))
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const choose = (info: ModuleInfo) => {
    card.hide()
    onChoose(info)
  }
  const drawStep = (line: ListLine & { kind: 'step' }) => {
    const { info, key } = line
    return (
      // biome-ignore lint/a11y/useAriaPropsSupportedByRole: levels are those of a tree's items.
      // biome-ignore lint/a11y/noStaticElementInteractions: it has one of two roles.
      <div
        key={key}
        id={`step-${key}`}
        role={foldable ? 'treeitem' : 'option'}
        aria-level={foldable && query === '' ? 2 : undefined}
        tabIndex={-1}
        aria-selected={at === line}
        data-line={key}
        data-step={info.type}
        className={`step-option${at === line ? ' is-active' : ''}`}
        draggable={draggable}
        onDragStart={(event: DragEvent) => {
          card.hide()
          event.dataTransfer.setData(STEP_DRAG, info.type)
          event.dataTransfer.effectAllowed = 'copy'
        }}
        onPointerEnter={(event) => event.pointerType === 'mouse' && card.hover(key, info)}
        onPointerLeave={card.leave}
        onClick={() => {
          setActive(stops.indexOf(line))
          if (!draggable) choose(info)
        }}
        onDoubleClick={() => draggable && choose(info)}
        onKeyDown={onKeyDown}
      >
        <ModuleTile info={info} size={20} />
        <span className="step-title truncate">{text(info.title)}</span>
        {line.more && (
          <span className="step-more truncate">
            {line.more === 'family' ? t(`family.${info.family}`) : line.more.keyword}
          </span>
        )}
      </div>
    )
  }
  const drawLine = (line: ListLine): ReactNode => {
    if (line.kind === 'step') return drawStep(line)
    if (line.kind === 'recent') return <Head key={line.key} title={t('steps.recent')} />
    if (line.kind === 'note') return <Head key={line.key} title={t('steps.found', { count: line.count })} />
    const title = t(`family.${line.family}`)
    if (!foldable) return <Head key={line.key} title={title} />
    return (
      <div
        key={line.key}
        id={`step-${line.key}`}
        role="treeitem"
        aria-level={1}
        aria-selected={at === line}
        tabIndex={-1}
        data-line={line.key}
        className={`step-family is-foldable${at === line ? ' is-active' : ''}`}
        aria-expanded={line.open}
        onClick={() => setFamilyOpen(line.family, !line.open)}
        onKeyDown={onKeyDown}
      >
        <ChevronRight size={12} className={line.open ? 'fold-arrow fold-open' : 'fold-arrow'} aria-hidden />
        <span className="truncate">{title}</span>
        <span className="step-count">{line.count}</span>
      </div>
    )
  }
  return (
    <>
      <div className="step-search">
        <InputGroup
          value={query}
          onValueChange={search}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-controls="step-options"
          aria-activedescendant={at ? `step-${at.key}` : undefined}
          autoFocus={autoFocus ?? false}
          onKeyDown={onKeyDown}
          onBlur={card.hide}
        />
      </div>
      {/* What folds is a tree; what is a plain list of steps is a list of options. */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: it is named where it has a role. */}
      <div
        className="step-options"
        id="step-options"
        role={stops.length === 0 ? undefined : foldable ? 'tree' : 'listbox'}
        aria-label={stops.length === 0 ? undefined : placeholder}
        ref={list}
        tabIndex={-1}
      >
        {stops.length === 0 ? <p className="step-none">{emptyText(query)}</p> : lines.map(drawLine)}
      </div>
      <p className="step-keys" aria-hidden>
        <kbd>↵</kbd> {t('steps.keyAdd')} <kbd>F1</kbd> {t('steps.keyDocs')}
      </p>
      {card.at && <StepCard at={card.at} onPointer={card.hold} />}
    </>
  )
}

function Head({ title }: { readonly title: string }) {
  return (
    <div className="step-family" aria-hidden>
      {title}
    </div>
  )
}
