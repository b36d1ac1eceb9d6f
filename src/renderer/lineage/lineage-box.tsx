import { Handle, type NodeProps, Position } from '@xyflow/react'
import { Database, Files, FileText, TriangleAlert, Workflow } from 'lucide-react'
import { memo } from 'react'
import type { LineageKind } from '../../shared/lineage/kinds.ts'
import type { LineageRef } from '../../shared/lineage/project.ts'
import { t } from '../i18n/index.ts'
import type { BoxNode, LitRow } from './lineage-flow.ts'
import { chooseColumn, toggleBox, useLineage } from './lineage-store.ts'
import { useLit } from './lit.ts'
import { openStepOf } from './open-step.ts'

const ICONS = { file: FileText, files: Files, table: Database, pipeline: Workflow } as const

/** A data set with its columns, or a pipeline with its steps. */
export const LineageBox = memo(function LineageBox({ id, data }: NodeProps<BoxNode>) {
  const lit = useLit((state) => state.boxes.get(id))
  const some = useLit((state) => state.some)
  const found = useLit((state) => state.found?.get(id))
  const searching = useLit((state) => state.found !== undefined)
  const Icon = ICONS[data.kind]
  const dim = (some && !lit) || (searching && found === undefined)
  return (
    <article className={`lineage-box is-${data.kind}${dim ? ' is-dim' : ''}`} aria-label={data.title}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <header title={data.path}>
        <Icon size={15} strokeWidth={1.8} aria-hidden />
        <span className="lineage-box-name">
          <strong className="truncate">{data.title}</strong>
          <span className="truncate">{data.path}</span>
        </span>
        {data.problem !== undefined && (
          <span className="lineage-problem" title={data.problem}>
            <TriangleAlert size={14} aria-label={data.problem} />
          </span>
        )}
      </header>
      <ul>
        {data.rows.map(({ name, detail }) => {
          const row = lit?.get(name)
          const state = row ? (row.direct ? ' is-direct' : ' is-indirect') : some ? ' is-off' : ''
          return (
            <li key={name}>
              <button
                type="button"
                className={`lineage-row nodrag${state}${found?.has(name) ? ' is-found' : ''}`}
                title={data.kind === 'pipeline' ? t('lineage.openStep', { name }) : name}
                onClick={() =>
                  data.kind === 'pipeline'
                    ? void openStepOf(id, name)
                    : void chooseColumn(toggled({ dataset: id, column: name }))
                }
              >
                <span className="truncate">{name}</span>
                {row && row.columns.length > 0 ? (
                  <span className="lineage-lit-columns truncate">{row.columns.join(', ')}</span>
                ) : (
                  detail !== undefined && !row && <span className="lineage-detail truncate">{detail}</span>
                )}
                {row && <Kinds kinds={row.kinds} />}
              </button>
            </li>
          )
        })}
      </ul>
      {(data.hidden > 0 || data.expanded) && (
        <button
          type="button"
          className={`lineage-more nodrag${litFolded(data.folded, lit)}`}
          onClick={() => toggleBox(id)}
        >
          {data.hidden > 0 ? t('lineage.more', { count: data.hidden }) : t('lineage.less')}
        </button>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </article>
  )
})

/** What is lit among the rows that are folded away shows on the button that unfolds them. */
function litFolded(folded: readonly string[], lit: ReadonlyMap<string, LitRow> | undefined): string {
  const rows = folded.flatMap((name) => lit?.get(name) ?? [])
  if (rows.length === 0) return ''
  return rows.some(({ direct }) => direct) ? ' is-direct' : ' is-indirect'
}

/** Choosing what is chosen lets go of it. */
function toggled(ref: LineageRef): LineageRef | undefined {
  const { start } = useLineage.getState()
  return start && JSON.stringify(start) === JSON.stringify(ref) ? undefined : ref
}

const SIGNS: Readonly<Record<LineageKind, string>> = {
  identity: '=',
  transformation: 'ƒ',
  aggregation: 'Σ',
  filter: '▽',
  join: '⋈',
  group: '⊞',
  sort: '↕',
  window: '◫',
  unknown: '?',
}
export const KIND_SIGNS = Object.entries(SIGNS) as [LineageKind, string][]

/** Signs of how it depends; plain passing on needs none. */
export function Kinds({ kinds }: { readonly kinds: readonly LineageKind[] }) {
  const told = kinds.filter((kind) => kind !== 'identity')
  if (told.length === 0) return null
  return (
    <span className="lineage-kinds">
      {told.map((kind) => (
        <abbr key={kind} title={t(`lineage.kind.${kind}`)}>
          {SIGNS[kind]}
        </abbr>
      ))}
    </span>
  )
}
