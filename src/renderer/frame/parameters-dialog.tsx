import { Button, Checkbox, Dialog, DialogBody, DialogFooter, HTMLSelect, InputGroup } from '@blueprintjs/core'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { NODE_ID, type Parameter, type ParameterType, parameterTypeSchema } from '../../shared/pipeline/document.ts'
import { uniqueName } from '../../shared/pipeline/names.ts'
import { tryEdit } from '../canvas/canvas-actions.ts'
import { t } from '../i18n/index.ts'
import { setParameterValue, usePipeline } from '../store/pipeline.ts'
import { closeDialog } from '../store/ui.ts'

const NONE: Readonly<Record<string, Parameter>> = {}

/** Parameters of the pipeline, and the values that previews and runs use now. */
export function ParametersDialog() {
  const parameters = usePipeline((state) => state.document?.parameters ?? NONE)
  const entries = Object.entries(parameters)
  const add = () => {
    const name = uniqueName('parameter', (taken) => taken in parameters)
    tryEdit([{ kind: 'setParameter', name, parameter: { type: 'text' } }])
  }
  return (
    <Dialog
      isOpen
      title={t('parameters.title')}
      onClose={closeDialog}
      transitionDuration={0}
      className="dialog-parameters"
    >
      <DialogBody>
        <p className="dialog-intro">{t('parameters.intro')}</p>
        {entries.length === 0 ? (
          <div className="panel-none">
            <p>{t('parameters.none')}</p>
            <p>{t('parameters.noneHint')}</p>
          </div>
        ) : (
          <table className="parameters">
            <thead>
              <tr>
                <th>{t('parameters.name')}</th>
                <th>{t('parameters.type')}</th>
                <th>{t('parameters.default')}</th>
                <th>{t('parameters.value')}</th>
                <th>{t('parameters.description')}</th>
                <th title={t('parameters.secretHint')}>{t('parameters.secret')}</th>
                <th>
                  <span className="visually-hidden">{t('parameters.remove', { name: '' })}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {entries.map(([name, parameter]) => (
                <Row key={name} name={name} parameter={parameter} taken={parameters} />
              ))}
            </tbody>
          </table>
        )}
        <Button
          variant="minimal"
          intent="primary"
          className="parameters-add"
          icon={<Plus size={14} />}
          text={t('parameters.add')}
          onClick={add}
        />
      </DialogBody>
      <DialogFooter actions={<Button intent="primary" text={t('parameters.done')} onClick={closeDialog} />} />
    </Dialog>
  )
}

interface RowProps {
  readonly name: string
  readonly parameter: Parameter
  readonly taken: Readonly<Record<string, Parameter>>
}

function Row({ name, parameter, taken }: RowProps) {
  const value = usePipeline((state) => state.parameters[name])
  const [typed, setTyped] = useState(name)
  const bad = !NODE_ID.test(typed)
  const isTaken = typed !== name && typed in taken
  const set = (changes: Partial<Parameter>) => {
    const merged = { ...parameter, ...changes }
    const clean: Parameter = {
      type: merged.type,
      ...(!merged.secret && merged.default !== undefined && merged.default !== '' && { default: merged.default }),
      ...(merged.description && { description: merged.description }),
      ...(merged.secret && { secret: true }),
    }
    tryEdit([{ kind: 'setParameter', name, parameter: clean }], `parameter ${name}`)
  }
  const rename = () => {
    if (typed === name || bad || isTaken) return setTyped(name)
    setParameterValue(name, undefined)
    tryEdit([
      { kind: 'setParameter', name },
      { kind: 'setParameter', name: typed, parameter },
    ])
    if (value !== undefined) setParameterValue(typed, value)
  }
  const label = (key: 'name' | 'type' | 'default' | 'value' | 'description' | 'secret') =>
    `${t(`parameters.${key}`)} ${name}`
  return (
    <tr>
      <td>
        <InputGroup
          className="mono-input"
          value={typed}
          aria-label={label('name')}
          title={bad ? t('parameters.badName') : isTaken ? t('parameters.takenName') : ''}
          intent={bad || isTaken ? 'danger' : 'none'}
          onValueChange={setTyped}
          onBlur={rename}
          onKeyDown={(event) => event.key === 'Enter' && rename()}
        />
      </td>
      <td>
        <HTMLSelect
          fill
          value={parameter.type}
          aria-label={label('type')}
          onChange={(event) => set({ type: event.currentTarget.value as ParameterType })}
          options={parameterTypeSchema.options.map((type) => ({ value: type, label: t(`type.${type}`) }))}
        />
      </td>
      <td>
        <InputGroup
          className="mono-input"
          value={parameter.default ?? ''}
          disabled={parameter.secret === true}
          placeholder={t('parameters.noDefault')}
          aria-label={label('default')}
          onValueChange={(text) => set({ default: text })}
        />
      </td>
      <td>
        <InputGroup
          className="mono-input"
          value={value ?? ''}
          type={parameter.secret ? 'password' : 'text'}
          autoComplete="off"
          placeholder={parameter.default ?? t('parameters.useDefault')}
          aria-label={label('value')}
          onValueChange={(text) => setParameterValue(name, text === '' ? undefined : text)}
        />
      </td>
      <td>
        <InputGroup
          value={parameter.description ?? ''}
          aria-label={label('description')}
          onValueChange={(text) => set({ description: text })}
        />
      </td>
      <td>
        <Checkbox
          className="parameters-secret"
          checked={parameter.secret === true}
          aria-label={label('secret')}
          title={t('parameters.secretHint')}
          onChange={(event) => set({ secret: event.currentTarget.checked })}
        />
      </td>
      <td>
        <Button
          variant="minimal"
          icon={<Trash2 size={14} />}
          aria-label={t('parameters.remove', { name })}
          onClick={() => {
            setParameterValue(name, undefined)
            tryEdit([{ kind: 'setParameter', name }])
          }}
        />
      </td>
    </tr>
  )
}
