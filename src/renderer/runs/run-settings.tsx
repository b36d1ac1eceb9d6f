import type { RunDetail } from '../../shared/runs/history.ts'
import { t } from '../i18n/index.ts'

/** What the run was asked to do. */
export function RunSettings({ detail: { run, request } }: { readonly detail: RunDetail }) {
  const parameters = Object.entries(request.document.parameters ?? {}).map(([name, { type, default: standard }]) => ({
    name,
    type,
    value: request.parameters[name] ?? standard ?? '',
    isDefault: request.parameters[name] === undefined,
  }))
  const lines = [
    [t('runs.file'), run.path],
    ...(request.only ? [[t('runs.only'), request.only.join(', ')]] : []),
    ...(request.from ? [[t('runs.from'), request.from.join(', ')]] : []),
    ...(request.to ? [[t('runs.to'), request.to.join(', ')]] : []),
    ...(request.replay ? [[t('runs.replayOf'), request.replay.nodeId]] : []),
    ...(request.env.length > 0 ? [[t('runs.variables'), request.env.join(', ')]] : []),
  ] as const
  return (
    <div className="run-part">
      <dl className="run-lines">
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {parameters.length > 0 && (
        <table className="run-table">
          <thead>
            <tr>
              <th>{t('runs.parameter')}</th>
              <th>{t('runs.type')}</th>
              <th>{t('runs.value')}</th>
            </tr>
          </thead>
          <tbody>
            {parameters.map(({ name, type, value, isDefault }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>{type}</td>
                <td>
                  {value}
                  {isDefault && <span className="run-of"> ({t('runs.default')})</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}
