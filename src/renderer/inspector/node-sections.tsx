import { Unplug } from 'lucide-react'
import { useState } from 'react'
import type { Column, NodeAnalysis } from '../../shared/engine/types.ts'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { inputPortsOf, outputPortsOf, takesInput } from '../../shared/modules/ports.ts'
import { type PipelineNode, parseReference, REFERENCE } from '../../shared/pipeline/document.ts'
import { t, text } from '../i18n/index.ts'
import { edit, usePipeline } from '../store/pipeline.ts'
import { select } from '../store/selection.ts'
import { TypeBadge } from './column-parts.tsx'
import { groupPorts } from './group-ports.ts'

interface InputsProps {
  readonly nodeId: string
  readonly node: PipelineNode
  readonly info: ModuleInfo | undefined
}

/** Which port reads from what. */
export function InputsSection({ nodeId, node, info }: InputsProps) {
  const nodes = usePipeline((state) => state.document?.nodes)
  const used = Object.entries(node.inputs ?? {})
  const ports = inputPortsOf(info?.inputs ?? [], node.config)
  const missing = ports.filter((port) => !used.some(([name]) => takesInput(port, name)))
  if (used.length === 0 && missing.length === 0) return null
  const titleOf = (name: string) => {
    const port = ports.find((each) => each.name === name)
    return port ? text(port.title) : name
  }
  return (
    <section className="field">
      <header className="field-title">
        <h3>{t('panes.inputs')}</h3>
      </header>
      <ul className="lines">
        {used.map(([port, reference]) => {
          const from = REFERENCE.test(reference) ? parseReference(reference) : undefined
          const source = from && nodes?.[from.nodeId]
          return (
            <li key={port} className="line">
              <span className="line-port truncate" title={port}>
                {titleOf(port)}
              </span>
              <button
                type="button"
                className={`line-link truncate${source ? '' : ' unknown-name'}`}
                title={source ? t('panes.goTo', { name: reference }) : t('panes.unknownNode', { name: reference })}
                disabled={!source}
                onClick={() => from && select([from.nodeId])}
              >
                {source?.label ?? from?.nodeId ?? reference}
                {from?.port && <span className="secondary"> · {from.port}</span>}
              </button>
              <button
                type="button"
                className="row-remove"
                aria-label={t('panes.disconnect', { name: port })}
                title={t('panes.disconnect', { name: port })}
                onClick={() => edit([{ kind: 'disconnect', nodeId, port }])}
              >
                <Unplug size={13} />
              </button>
            </li>
          )
        })}
        {missing.map((port) => (
          <li key={port.name} className="line">
            <span className="line-port truncate">{text(port.title)}</span>
            <span className="secondary">{t(port.optional ? 'panes.notConnectedOptional' : 'panes.notConnected')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function NoteSection({ nodeId, note }: { nodeId: string; note: string | undefined }) {
  const [session, setSession] = useState(0)
  return (
    <section className="field">
      <header className="field-title">
        <h3>{t('panes.note')}</h3>
      </header>
      <textarea
        className="bp6-input inspector-input inspector-area inspector-note"
        aria-label={t('panes.note')}
        placeholder={t('panes.notePlaceholder')}
        rows={note ? 3 : 1}
        value={note ?? ''}
        onFocus={() => setSession(Date.now())}
        onChange={(event) => {
          const typed = event.target.value
          const change = typed === '' ? {} : { note: typed }
          edit([{ kind: 'setNote', nodeId, ...change }], { group: `${nodeId}:note:${session}` })
        }}
      />
    </section>
  )
}

const FEW = 12

/** What leaves the node: columns and types of each port, known without running anything. */
export function OutputsSection(props: {
  info: ModuleInfo | undefined
  config: unknown
  analysis: NodeAnalysis | undefined
}) {
  const { info, analysis } = props
  const outputs = outputPortsOf(info?.outputs ?? [], props.config)
  if (outputs.length === 0) return null
  const known = outputs.some((port) => analysis?.ports[port.name])
  return (
    <section className="field">
      <header className="field-title">
        <h3>{t('panes.outputs')}</h3>
      </header>
      {!known && <p className="empty-line">{t('panes.columnsUnknown')}</p>}
      {(known ? groupPorts(outputs, analysis?.ports ?? {}) : []).map(({ ports, columns }) => (
        <PortColumns
          key={ports[0]?.name}
          title={outputs.length > 1 ? ports.map((port) => text(port.title)).join(', ') : undefined}
          reject={ports.every((port) => port.reject)}
          columns={columns}
        />
      ))}
    </section>
  )
}

interface PortColumnsProps {
  readonly title: string | undefined
  readonly reject: boolean
  readonly columns: readonly Column[] | undefined
}

function PortColumns({ title, reject, columns }: PortColumnsProps) {
  const [all, setAll] = useState(false)
  const shown = all ? columns : columns?.slice(0, FEW)
  return (
    <div className="port-columns">
      {title && (
        <div className={`port-title${reject ? ' port-reject' : ''}`}>
          {title}
          {columns && <span className="secondary"> · {t('data.columns', { count: columns.length })}</span>}
        </div>
      )}
      {!columns && <p className="empty-line">{t('panes.columnsUnknown')}</p>}
      {shown?.map((column) => (
        <div key={column.name} className="port-column">
          <TypeBadge type={column.type} />
          <span className="truncate" title={column.name}>
            {column.name}
          </span>
          <span className="port-column-type mono truncate" title={column.type}>
            {column.type}
          </span>
        </div>
      ))}
      {columns && columns.length > FEW && (
        <button type="button" className="text-button" onClick={() => setAll(!all)}>
          {all ? t('panes.showFewer') : t('panes.showAll', { count: columns.length })}
        </button>
      )}
    </div>
  )
}
