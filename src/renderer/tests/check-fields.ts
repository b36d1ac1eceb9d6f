import type { FormField, ModuleInfo, OutputPort, Text } from '../../shared/modules/descriptor.ts'

const text = (en: string, fr: string): Text => ({ en, fr })
const option = (value: string, en: string, fr: string) => ({ value, title: text(en, fr) })

/** A check may also be about the number of rows, and about all of them together. */
const MORE_KINDS = [
  option('rows', 'The number of rows', 'Le nombre de lignes'),
  option('table', 'An expression, for the whole table', 'Une expression, pour toute la table'),
]
/** Other inputs are what a rule of Validate has and a check has not. */
const NOT_HERE = new Set(['input', 'input_columns', 'severity'])

/**
 * The form of the checks of a node: that of the rules of Validate, with what only a check has.
 * @param validate the description of `transform.validate`
 */
export function checksField(validate: ModuleInfo, outputs: readonly OutputPort[]): FormField | undefined {
  const rules = validate.fields.find(({ name }) => name === 'rules')
  if (!rules?.fields) return undefined
  const fields = rules.fields.filter(({ name }) => !NOT_HERE.has(name)).map(forChecks)
  const severity: FormField = {
    name: 'severity',
    control: 'select',
    title: text('Where it does not hold', 'S’il n’est pas respecté'),
    required: false,
    default: 'fail',
    options: [
      option('fail', 'Stop the loads below', 'Arrêter les chargements en aval'),
      option('warn', 'Only warn', 'Avertir seulement'),
    ],
  }
  const name: FormField = { name: 'name', control: 'text', title: text('Name', 'Nom'), required: false, advanced: true }
  const port: FormField = {
    name: 'port',
    control: 'select',
    title: text('Output', 'Sortie'),
    required: false,
    default: outputs[0]?.name,
    options: outputs.map((each) => ({ value: each.name, title: each.title })),
  }
  const [first, ...rest] = fields
  if (!first) return undefined
  return { ...rules, name: 'checks', fields: [first, severity, ...(outputs.length > 1 ? [port] : []), ...rest, name] }
}

function forChecks(field: FormField): FormField {
  const { visibleWhen: when } = field
  const wider = (...values: string[]): FormField =>
    when ? { ...field, visibleWhen: { ...when, in: [...when.in, ...values] } } : field
  if (field.name === 'check') {
    const options = (field.options ?? []).filter(({ value }) => value !== 'reference')
    return { ...field, options: [...options, ...MORE_KINDS] }
  }
  if (field.name === 'min' || field.name === 'max') return wider('rows')
  return field.name === 'expression' ? wider('table') : field
}
