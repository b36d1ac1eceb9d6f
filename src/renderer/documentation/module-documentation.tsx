import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { exampleYaml, type SettingRow, settingRows, settingSentences } from '../../shared/modules/module-page.ts'
import { CopyButton } from '../data-pane/copy-button.tsx'
import { type MessageKey, t, text } from '../i18n/index.ts'
import { useSettings } from '../store/settings.ts'
import { Markdown } from './markdown.tsx'
import './documentation.css'

/** All there is to know of a step: what it does, an example, its settings and ports. */
export function ModuleDocumentation({ info }: { readonly info: ModuleInfo }) {
  const rows = settingRows(info.fields)
  const plain = rows.filter((row) => !isAdvanced(row, rows))
  const advanced = rows.filter((row) => isAdvanced(row, rows))
  return (
    <div className="documentation">
      <p className="documentation-summary">{text(info.summary)}</p>
      <Markdown text={text(info.documentation)} />
      <Example info={info} />
      {plain.length > 0 && (
        <>
          <h3>{t('docs.settings')}</h3>
          <Settings rows={plain} />
        </>
      )}
      {advanced.length > 0 && (
        <>
          <h3>{t('docs.advanced')}</h3>
          <Settings rows={advanced} />
        </>
      )}
      <Ports info={info} />
    </div>
  )
}

/** A field that is folded away in the form, or in one that is. */
function isAdvanced({ path }: SettingRow, rows: readonly SettingRow[]): boolean {
  const [top = ''] = path.split(/[.[]/)
  return rows.find((row) => row.path === top)?.field.advanced ?? false
}

export function Example({ info }: { readonly info: ModuleInfo }) {
  if (Object.keys(info.example).length === 0) return null
  const yaml = exampleYaml(info)
  return (
    <>
      <div className="documentation-head">
        <h3>{t('docs.example')}</h3>
        <CopyButton text={yaml} />
      </div>
      <pre className="documentation-code">{yaml}</pre>
    </>
  )
}

function Settings({ rows }: { readonly rows: readonly SettingRow[] }) {
  const language = useSettings((state) => state.language)
  return (
    <dl className="documentation-settings">
      {rows.map((row) => {
        const { field, path } = row
        const sentences = settingSentences(row, language)
        const depth = path.split('.').length - 1
        const fallback = field.default === undefined ? '' : JSON.stringify(field.default)
        return (
          <div key={path} style={{ paddingLeft: depth * 12 }}>
            <dt>
              <span>{text(field.title)}</span>
              <code>{field.name}</code>
              {field.required && <span className="documentation-needed">{t('docs.needed')}</span>}
            </dt>
            {sentences.length > 0 && (
              <dd>
                <Markdown text={sentences.join(' ')} />
              </dd>
            )}
            {!['', '[]', '{}', 'false', '""'].includes(fallback) && (
              <dd className="secondary">{t('docs.default', { value: fallback })}</dd>
            )}
          </div>
        )
      })}
    </dl>
  )
}

function Ports({ info }: { readonly info: ModuleInfo }) {
  const line = (name: string, title: string, words: readonly (MessageKey | false)[]) => (
    <div key={`${words[0]} ${name}`}>
      <dt>
        <span>{title}</span>
        <code>{name}</code>
      </dt>
      <dd className="secondary">
        {words
          .filter((word) => word !== false)
          .map((word) => t(word))
          .join(', ')}
      </dd>
    </div>
  )
  return (
    <>
      <h3>{t('docs.ports')}</h3>
      <dl className="documentation-settings documentation-ports">
        {info.inputs.map(({ name, title, optional, many }) =>
          line(name, text(title), ['docs.input', optional && 'docs.optional', many && 'docs.many']),
        )}
        {info.outputs.map(({ name, title, reject, each }) =>
          line(name, text(title), ['docs.output', each !== undefined && 'docs.each', reject && 'docs.reject']),
        )}
      </dl>
    </>
  )
}
