import { Button, InputGroup, Menu, MenuItem, PopoverNext, SegmentedControl, Spinner } from '@blueprintjs/core'
import { ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { Download, Maximize, Minus, Plus, RefreshCw, Search, Waypoints } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { ScreenEmpty } from '../frame/screen-empty.tsx'
import { ScreenHead } from '../frame/screen-head.tsx'
import { t } from '../i18n/index.ts'
import { toastError } from '../store/toasts.ts'
import { LineageBox } from './lineage-box.tsx'
import { type BoxEdge, type BoxNode, toFlow } from './lineage-flow.ts'
import { LineagePanel } from './lineage-panel.tsx'
import { chooseColumn, closeLineage, downloadLineage, type Lit, readLineage, useLineage } from './lineage-store.ts'
import { followLit, useLit } from './lit.ts'
import './lineage.css'

const nodeTypes = { box: LineageBox }
const FIT = { padding: 0.06, maxZoom: 1, minZoom: 0.05 }
/** At first names can be read. */
const FIRST = { ...FIT, minZoom: 0.65 }
const FORMATS = [
  ['json', 'JSON'],
  ['openlineage', 'OpenLineage'],
  ['mermaid', 'Mermaid'],
  ['dot', 'Graphviz (DOT)'],
] as const

/** The files and pipelines of the project with their columns, over the workspace. */
export function LineageView() {
  useEffect(() => {
    void readLineage()
    return followLit()
  }, [])
  return (
    <section className="lineage-view" aria-label={t('lineage.title')} onKeyDown={onKey}>
      <LineageBar />
      <div className="lineage-main">
        <ReactFlowProvider>
          <Drawing />
        </ReactFlowProvider>
        <LineagePanel />
      </div>
    </section>
  )
}

function onKey(event: { key: string; stopPropagation: () => void }): void {
  // Keys of the canvas behind must not reach it.
  event.stopPropagation()
  if (event.key !== 'Escape') return
  const { start, query } = useLineage.getState()
  if (query !== '') useLineage.setState({ query: '' })
  else if (start) void chooseColumn(undefined)
  else closeLineage()
}

function LineageBar() {
  const lit = useLineage((state) => state.lit)
  const query = useLineage((state) => state.query)
  const loading = useLineage((state) => state.loading)
  const overview = useLineage((state) => state.overview)
  return (
    <ScreenHead
      title={t('rail.lineage')}
      about={
        <>
          {overview && (
            <span className="lineage-figures">
              {t('lineage.figures', { pipelines: overview.pipelines.length, datasets: overview.datasets.length })}
            </span>
          )}
          {loading && <Spinner size={14} />}
        </>
      }
    >
      <InputGroup
        className="lineage-search"
        autoFocus
        leftElement={<Search size={14} className="lineage-search-icon" />}
        value={query}
        onValueChange={(value) => useLineage.setState({ query: value })}
        placeholder={t('lineage.find')}
        aria-label={t('lineage.find')}
      />
      <SegmentedControl
        size="small"
        aria-label={t('lineage.direction')}
        value={lit}
        onValueChange={(value) => useLineage.setState({ lit: value as Lit })}
        options={[
          { value: 'upstream', label: t('lineage.upstream') },
          { value: 'both', label: t('lineage.both') },
          { value: 'downstream', label: t('lineage.downstream') },
        ]}
      />
      <Button
        variant="minimal"
        icon={<RefreshCw size={15} />}
        aria-label={t('lineage.refresh')}
        title={t('lineage.refresh')}
        onClick={() => void readLineage()}
      />
      <PopoverNext
        placement="bottom-end"
        transitionDuration={0}
        arrow={false}
        content={
          <Menu>
            {FORMATS.map(([format, name]) => (
              <MenuItem key={format} text={name} onClick={() => void downloadLineage(format).catch(toastError)} />
            ))}
          </Menu>
        }
      >
        <Button variant="minimal" icon={<Download size={15} />} text={t('lineage.export')} />
      </PopoverNext>
    </ScreenHead>
  )
}

function Drawing() {
  const overview = useLineage((state) => state.overview)
  const expanded = useLineage((state) => state.expanded)
  const error = useLineage((state) => (state.start ? undefined : state.error))
  const boxes = useLit((state) => state.boxes)
  const some = useLit((state) => state.some)
  const found = useLit((state) => state.found)
  const flow = useReactFlow<BoxNode, BoxEdge>()
  const drawn = useMemo(() => overview && toFlow(overview, expanded), [overview, expanded])
  const edges = useMemo(
    () =>
      drawn?.edges.map((edge): BoxEdge => {
        if (!some) return edge
        const [from, to] = [boxes.get(edge.source), boxes.get(edge.target)]
        const values = (rows: typeof from) => [...(rows?.values() ?? [])].some(({ direct }) => direct)
        const state = from && to ? (values(from) && values(to) ? 'is-direct' : 'is-indirect') : 'is-off'
        return { ...edge, className: `${edge.className} ${state}`, ...(state === 'is-direct' ? { zIndex: 1 } : {}) }
      }),
    [drawn, boxes, some],
  )
  // What is lit, or found, comes into view.
  useEffect(() => {
    const ids = some ? [...boxes.keys()] : found ? [...found.keys()] : []
    if (ids.length === 0) return
    const timer = setTimeout(
      () => void flow.fitView({ ...FIT, nodes: ids.map((id) => ({ id })), duration: still() ? 0 : 160 }),
      some ? 0 : 250,
    )
    return () => clearTimeout(timer)
  }, [boxes, some, found, flow])

  if (error)
    return (
      <div className="lineage-canvas lineage-empty">
        <ScreenEmpty title={error.message} hint={error.hint} />
      </div>
    )
  if (!overview || !drawn) return <div className="lineage-canvas lineage-empty">{t('lineage.loading')}</div>
  if (overview.links.length === 0)
    return (
      <div className="lineage-canvas lineage-empty">
        <ScreenEmpty icon={Waypoints} title={t('lineage.empty')} hint={t('lineage.emptyHint')} />
      </div>
    )
  return (
    <div className="lineage-canvas">
      <ReactFlow
        nodes={drawn.nodes}
        edges={edges ?? []}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={FIRST}
        minZoom={0.05}
        maxZoom={1.5}
        panOnScroll
        zoomOnDoubleClick={false}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
        onPaneClick={() => void chooseColumn(undefined)}
      />
      {found?.size === 0 && (
        <p className="lineage-none">{t('lineage.noMatch', { query: useLineage.getState().query })}</p>
      )}
      <div className="lineage-zoom">
        <Button
          size="small"
          variant="minimal"
          icon={<Plus size={15} />}
          aria-label="+"
          onClick={() => void flow.zoomIn()}
        />
        <Button
          size="small"
          variant="minimal"
          icon={<Minus size={15} />}
          aria-label="−"
          onClick={() => void flow.zoomOut()}
        />
        <Button
          size="small"
          variant="minimal"
          icon={<Maximize size={14} />}
          aria-label={t('command.fit')}
          title={t('command.fit')}
          onClick={() => void flow.fitView(FIT)}
        />
      </div>
    </div>
  )
}

const still = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches
