import { z } from 'zod'

/** English and French. */
export const textSchema = z.object({ en: z.string(), fr: z.string() })
export type Text = z.infer<typeof textSchema>

export const moduleFamilySchema = z.enum(['extract', 'clean', 'compute', 'combine', 'shape', 'check', 'route', 'load'])
export type ModuleFamily = z.infer<typeof moduleFamilySchema>

export const inputPortSchema = z.object({
  name: z.string(),
  title: textSchema,
  /** May stay unconnected. */
  optional: z.boolean().default(false),
  /** Any number of inputs: actual port names are `name_1`, `name_2`, …, or any names (`freeNames`). */
  many: z.boolean().default(false),
  freeNames: z.boolean().default(false),
  /** As many ports as the list `field` of the config has items, each named by the item's `name` (see `inputPortsOf`). */
  each: z.object({ field: z.string(), name: z.string() }).optional(),
})
export type InputPort = z.infer<typeof inputPortSchema>

export const outputPortSchema = z.object({
  name: z.string(),
  title: textSchema,
  /** Drawn as a dashed red edge; its rows count as rejected. */
  reject: z.boolean().default(false),
  /** As many ports as the list `field` of the config has items, each named by the item's `name` (see `outputPortsOf`). */
  each: z.object({ field: z.string(), name: z.string() }).optional(),
})
export type OutputPort = z.infer<typeof outputPortSchema>

/**
 * How one field of a config is edited. Attached to a zod schema with `.meta({ form })`; `module-info.ts` reads it.
 * A field without one gets the control that its zod type suggests.
 */
export const formControlSchema = z.enum([
  'text',
  'multiline',
  'number',
  'switch',
  'select',
  /** Any number of the options. */
  'choices',
  /** Path of a file or a glob, relative to the project. */
  'inputPath',
  'outputPath',
  /** Path of another pipeline of the project; its ends fill the fields `inputs` and `outputs` beside it. */
  'pipelinePath',
  /** Values of the parameters of the pipeline that the field `path` beside it names. */
  'pipelineParameters',
  /** One column of the input `port` names. */
  'column',
  'columns',
  /** One SQL expression over the columns of `port`. */
  'expression',
  /** A whole SQL query. */
  'sql',
  /** A program, in a language of its own. */
  'code',
  /** A DuckDB type. */
  'type',
  /** Repeats the controls of the item's fields; of plain values, one field each (`item`). */
  'list',
  /** A fixed set of fields, drawn as a group. */
  'group',
  /** Key -> value, keys being columns. */
  'columnMap',
  /** Rows typed in by hand (`extract.inline`). */
  'grid',
  /** Columns to keep, rename, reorder and cast (`transform.select`). */
  'columnList',
  /** A connection of the project, of one of the `connectors`. */
  'connection',
])
export type FormControl = z.infer<typeof formControlSchema>

export interface FormField {
  readonly name: string
  readonly control: FormControl
  readonly title: Text
  readonly help?: Text | undefined
  readonly placeholder?: string | undefined
  readonly required: boolean
  readonly default?: unknown
  /** Of a `select` or `choices`. */
  readonly options?: readonly { readonly value: string; readonly title: Text }[] | undefined
  /** Input port whose columns a `column`, `columns` or `expression` speaks of. */
  readonly port?: string | undefined
  /** Of a `list` (its item) or a `group`. */
  readonly fields?: readonly FormField[] | undefined
  /** Control of one item, of a `list` of plain values. */
  readonly item?: 'text' | 'number' | undefined
  /** Folded away until asked for. */
  readonly advanced?: boolean | undefined
  /** Title of the button that fills the field from the data of the inputs; the module's `suggest` says how. Fields at the top only. */
  readonly fromData?: Text | undefined
  /** Of a list of names and types at the top: title of the button that takes over the columns of the input `port`; no row is read. */
  readonly fromColumns?: Text | undefined
  /** Of a `connection`: the connectors whose connections will do. */
  readonly connectors?: readonly string[] | undefined
  /** Shown only while another field of the same group has one of these values. */
  readonly visibleWhen?: { readonly field: string; readonly in: readonly (string | boolean)[] } | undefined
}

export const formFieldSchema: z.ZodType<FormField> = z.lazy(() =>
  z.object({
    name: z.string(),
    control: formControlSchema,
    title: textSchema,
    help: textSchema.optional(),
    placeholder: z.string().optional(),
    required: z.boolean(),
    default: z.unknown().optional(),
    options: z.array(z.object({ value: z.string(), title: textSchema })).optional(),
    port: z.string().optional(),
    fields: z.array(formFieldSchema).optional(),
    item: z.enum(['text', 'number']).optional(),
    advanced: z.boolean().optional(),
    fromData: textSchema.optional(),
    fromColumns: textSchema.optional(),
    connectors: z.array(z.string()).optional(),
    visibleWhen: z.object({ field: z.string(), in: z.array(z.union([z.string(), z.boolean()])) }).optional(),
  }),
)

/** What `.meta({ form: … })` on a config field may say. */
export type FormMeta = Partial<Omit<FormField, 'name' | 'required' | 'default' | 'fields'>>

/** A module as the renderer, `logidata modules` and the documentation see it: data only, so that a plugin's looks the same. */
export const moduleInfoSchema = z.object({
  type: z.string(),
  version: z.number().int(),
  family: moduleFamilySchema,
  title: textSchema,
  summary: textSchema,
  /** Markdown, longer. */
  documentation: textSchema,
  /** Name of an icon in `src/renderer/icons`. */
  icon: z.string(),
  /** Words people search for. */
  keywords: z.array(z.string()),
  inputs: z.array(inputPortSchema),
  outputs: z.array(outputPortSchema),
  fields: z.array(formFieldSchema),
  /** JSON Schema (2020-12) of `config`. */
  configSchema: z.record(z.string(), z.unknown()),
  /** What a new node starts with. */
  defaultConfig: z.record(z.string(), z.unknown()),
  /** A config worth reading in the documentation. */
  example: z.record(z.string(), z.unknown()),
})
export type ModuleInfo = z.infer<typeof moduleInfoSchema>

/** What a module's `descriptor.ts` exports, by `defineModule`. The first output is the default one. */
export interface ModuleDescriptor<Config extends z.ZodType = z.ZodType> {
  readonly type: string
  readonly version: number
  readonly family: ModuleFamily
  readonly title: Text
  readonly summary: Text
  readonly documentation: Text
  readonly icon: string
  readonly keywords?: readonly string[]
  readonly inputs: readonly z.input<typeof inputPortSchema>[]
  readonly outputs: readonly z.input<typeof outputPortSchema>[]
  /** Strict: an unknown key is an error that names it. */
  readonly config: Config
  readonly defaultConfig: Record<string, unknown>
  readonly example: z.input<Config>
  /** One line on the node, in the user's terms: `Join · invoice_id · left`. Gets a valid config. */
  readonly describe: (config: z.output<Config>) => string
}

export function defineModule<Config extends z.ZodType>(descriptor: ModuleDescriptor<Config>): ModuleDescriptor<Config> {
  return descriptor
}
