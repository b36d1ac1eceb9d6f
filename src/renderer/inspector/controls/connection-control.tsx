import { Plug } from 'lucide-react'
import { useEffect } from 'react'
import { choose, loadConnections, useConnections } from '../../connections/connections-store.ts'
import { t, text } from '../../i18n/index.ts'
import { showScreen } from '../../store/ui.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { SuggestInput } from '../suggest-input.tsx'
import { asText } from './simple-controls.tsx'

/** A connection of the project, of one of the kinds that will do, by its name. */
export function ConnectionControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const board = useConnections((state) => state.board)
  useEffect(() => void loadConnections(), [])
  const chosen = asText(value)
  const fitting = (board?.connections ?? []).filter(({ type }) => field.connectors?.includes(type) !== false)
  const known = fitting.some(({ name }) => name === chosen)
  const open = () => {
    const [type] = field.connectors ?? []
    choose(known ? { kind: 'connection', name: chosen } : { kind: 'new', ...(type === undefined ? {} : { type }) })
    showScreen('connections')
  }
  return (
    <>
      <SuggestInput
        value={chosen}
        options={fitting.map(({ name, label, type }) => ({ value: name, detail: label ?? type }))}
        label={text(field.title)}
        placeholder={field.placeholder}
        failed={problems.some((problem) => problem.severity === 'error')}
        onBegin={scope.begin}
        onChange={(typed) => scope.change(path, typed)}
      />
      <div className="detection">
        <button type="button" className="text-button" onClick={open}>
          <Plug size={12} aria-hidden /> {known ? t('connections.title') : t('connections.new')}
        </button>
      </div>
    </>
  )
}
