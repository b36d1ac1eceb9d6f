import { z } from 'zod'
import {
  type FormControl,
  type FormField,
  type FormMeta,
  inputPortSchema,
  type ModuleDescriptor,
  type ModuleInfo,
  outputPortSchema,
} from '../../shared/modules/descriptor.ts'

/** A descriptor as data: form fields and JSON Schema derived from its config. */
export function toModuleInfo(descriptor: ModuleDescriptor): ModuleInfo {
  return {
    type: descriptor.type,
    version: descriptor.version,
    family: descriptor.family,
    title: descriptor.title,
    summary: descriptor.summary,
    documentation: descriptor.documentation,
    icon: descriptor.icon,
    keywords: [...(descriptor.keywords ?? [])],
    inputs: descriptor.inputs.map((port) => inputPortSchema.parse(port)),
    outputs: descriptor.outputs.map((port) => outputPortSchema.parse(port)),
    fields: formFields(descriptor.config),
    configSchema: configSchema(descriptor.config),
    defaultConfig: descriptor.defaultConfig,
    example: descriptor.example as Record<string, unknown>,
  }
}

/** The JSON Schema of what a person may write as `config`. */
export function configSchema(config: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(config, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const form = jsonSchema.form as FormMeta | undefined
      delete jsonSchema.form
      if (form?.title) jsonSchema.title ??= form.title.en
      if (form?.help) jsonSchema.description ??= form.help.en
    },
  }) as Record<string, unknown>
}

interface Unwrapped {
  readonly schema: z.core.$ZodType
  readonly form: FormMeta
  readonly required: boolean
  readonly default: unknown
}

/** Takes off what is wrapped around a field's type; the outermost `form` wins, key by key. */
function unwrap(schema: z.core.$ZodType): Unwrapped {
  let current: z.core.$ZodType = schema
  let form: FormMeta = {}
  let required = true
  let defaultValue: unknown
  for (;;) {
    form = { ...(z.globalRegistry.get(current)?.form as FormMeta | undefined), ...form }
    const def = (current as z.core.$ZodTypes)._zod.def
    if (def.type === 'optional' || def.type === 'nullable') {
      required = false
      current = def.innerType
    } else if (def.type === 'default' || def.type === 'prefault') {
      required = false
      defaultValue ??= def.defaultValue
      current = def.innerType
    } else if (def.type === 'readonly' || def.type === 'nonoptional' || def.type === 'catch') current = def.innerType
    else if (def.type === 'pipe') current = def.in
    else if (def.type === 'lazy') current = def.getter()
    else return { schema: current, form, required, default: defaultValue }
  }
}

/** One field per key of an object schema, in its order; nothing for any other schema. */
export function formFields(schema: z.core.$ZodType): FormField[] {
  const def = (unwrap(schema).schema as z.core.$ZodTypes)._zod.def
  if (def.type !== 'object') return []
  return Object.entries(def.shape).map(([name, field]) => formField(name, field))
}

function formField(name: string, schema: z.core.$ZodType): FormField {
  const { schema: inner, form, required, default: defaultValue } = unwrap(schema)
  const def = (inner as z.core.$ZodTypes)._zod.def
  const control = form.control ?? suggestedControl(def)
  const options = form.options ?? (control === 'select' ? enumOptions(def) : undefined)
  const fields = innerFields(def)
  return {
    name,
    title: form.title ?? { en: humanised(name), fr: humanised(name) },
    control,
    required,
    ...(form.help ? { help: form.help } : {}),
    ...(form.placeholder === undefined ? {} : { placeholder: form.placeholder }),
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...(options ? { options } : {}),
    ...(form.port === undefined ? {} : { port: form.port }),
    ...(fields.length > 0 ? { fields } : {}),
    ...(control === 'list' && fields.length === 0 ? { item: form.item ?? itemControl(def) } : {}),
    ...(form.fromData ? { fromData: form.fromData } : {}),
    ...(form.fromColumns ? { fromColumns: form.fromColumns } : {}),
    ...(form.connectors ? { connectors: form.connectors } : {}),
    ...(form.advanced === undefined ? {} : { advanced: form.advanced }),
    ...(form.visibleWhen ? { visibleWhen: form.visibleWhen } : {}),
  }
}

type Def = z.core.$ZodTypes['_zod']['def']

/** Of a group, its fields; of a list, its item's; where an item may also be a plain value, those of its object form. */
function innerFields(def: Def): FormField[] {
  if (def.type === 'object') return Object.entries(def.shape).map(([name, field]) => formField(name, field))
  if (def.type === 'array') return innerFields(defOf(def.element))
  if (def.type === 'record') return innerFields(defOf(def.valueType))
  if (def.type !== 'union') return []
  for (const option of def.options) {
    const inner = defOf(option)
    if (inner.type === 'object') return innerFields(inner)
  }
  return []
}

/** Of a list of plain values. */
const itemControl = (def: Def): 'text' | 'number' =>
  def.type === 'array' && ['number', 'bigint'].includes(defOf(def.element).type) ? 'number' : 'text'

const defOf = (schema: z.core.$ZodType): Def => (unwrap(schema).schema as z.core.$ZodTypes)._zod.def

function suggestedControl(def: Def): FormControl {
  switch (def.type) {
    case 'boolean':
      return 'switch'
    case 'number':
    case 'bigint':
      return 'number'
    case 'enum':
    case 'literal':
      return 'select'
    case 'object':
      return 'group'
    case 'array':
      return ['object', 'union'].includes(defOf(def.element).type) ? 'list' : 'columns'
    case 'record':
      return 'columnMap'
    case 'union':
      return def.options.every((option) => ['literal', 'enum'].includes(defOf(option).type)) ? 'select' : 'text'
    default:
      return 'text'
  }
}

function enumOptions(def: Def): FormField['options'] {
  const values = def.type === 'enum' ? Object.values(def.entries) : def.type === 'literal' ? [...def.values] : []
  return values.map((value) => ({
    value: String(value),
    title: { en: humanised(String(value)), fr: humanised(String(value)) },
  }))
}

function humanised(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
