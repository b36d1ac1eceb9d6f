import { z } from 'zod'
import { errorInfoSchema } from '../errors.ts'
import { formFieldSchema, textSchema } from '../modules/descriptor.ts'
import { jsonValueSchema, nodeIdSchema } from '../pipeline/document.ts'

/** The current value of the `format` key of `connections.yaml`. */
export const CONNECTIONS_FORMAT = 'logidata-connections/v1'
/** In the project's folder. It holds no secret. */
export const CONNECTIONS_FILE = 'connections.yaml'

const settingsSchema = z.record(z.string(), jsonValueSchema)

/** A system outside, as the project's file has it. */
export const connectionSchema = z.strictObject({
  /** A connector: `postgres`, `s3`, … */
  type: z.string().regex(/^[a-z][a-z0-9_]*$/, 'name a connector, such as postgres'),
  label: z.string().min(1).max(200).optional(),
  note: z.string().optional(),
  /** As the connector's schema has them. */
  settings: settingsSchema,
  /** Environment (`production`) -> the settings that are others there. */
  environments: z.record(nodeIdSchema, settingsSchema).optional(),
})
export type Connection = z.infer<typeof connectionSchema>

export const connectionsFileSchema = z.strictObject({
  format: z.literal(CONNECTIONS_FORMAT),
  connections: z.record(nodeIdSchema, connectionSchema),
})
export type ConnectionsFile = z.infer<typeof connectionsFileSchema>

/** A connection in one environment with its secrets: lives in memory only, on its way to the engine. */
export const resolvedConnectionSchema = z.object({
  name: z.string(),
  type: z.string(),
  settings: settingsSchema,
  /** By the names that the connector declares. */
  secrets: z.record(z.string(), z.string()).default({}),
  /** Why it cannot be used: what is wrong in the file, a keychain that is locked. */
  problem: errorInfoSchema.optional(),
})
export type ResolvedConnection = z.output<typeof resolvedConnectionSchema>

/** A secret that a connector knows, such as its password. */
export const secretFieldSchema = z.object({
  name: z.string(),
  title: textSchema,
  help: textSchema.optional(),
  /** A private key or a certificate. */
  multiline: z.boolean().optional(),
  /** Shown only while a setting has one of these values. */
  visibleWhen: z.object({ field: z.string(), in: z.array(z.union([z.string(), z.boolean()])) }).optional(),
  /** Shown only while this setting has a value at all. */
  visibleWith: z.string().optional(),
})
export type SecretField = z.infer<typeof secretFieldSchema>

/** A connector as the window, the command line and the documentation see it. */
export const connectorInfoSchema = z.object({
  type: z.string(),
  title: textSchema,
  summary: textSchema,
  documentation: textSchema,
  /** Name of an icon in `src/renderer/icons`. */
  icon: z.string(),
  keywords: z.array(z.string()),
  fields: z.array(formFieldSchema),
  secrets: z.array(secretFieldSchema),
  settingsSchema: z.record(z.string(), z.unknown()),
  defaultSettings: settingsSchema,
  /** Settings that say where a secret is sent: it is stored for their values, and asked for anew when one of them changes. */
  audience: z.array(z.string()),
  /** It can list what it holds. */
  browses: z.boolean(),
})
export type ConnectorInfo = z.infer<typeof connectorInfoSchema>

/** What a test of a connection looked at, in this order; the first that is not `ok` ends it. */
export const diagnosisStepSchema = z.object({
  step: z.enum(['settings', 'tunnel', 'name', 'connect', 'tls', 'login', 'database', 'rights']),
  ok: z.boolean(),
  /** What was found, in one sentence. */
  message: z.string(),
  /** What to do, where it is not `ok`. */
  hint: z.string().optional(),
  milliseconds: z.number(),
})
export type DiagnosisStep = z.infer<typeof diagnosisStepSchema>

export const diagnosisSchema = z.object({
  ok: z.boolean(),
  steps: z.array(diagnosisStepSchema),
  /** What answered, with its version. */
  server: z.string().optional(),
})
export type Diagnosis = z.infer<typeof diagnosisSchema>

/** One thing below a path in a connection's tree. */
export const browseEntrySchema = z.object({
  name: z.string(),
  kind: z.enum(['database', 'schema', 'table', 'view', 'collection', 'bucket', 'folder', 'file', 'column', 'endpoint']),
  /** Of a column: its type there. */
  type: z.string().optional(),
  /** Rows, bytes, when it changed: in words. */
  detail: z.string().optional(),
  /** It can be opened: names from the root, this one included, are the path. */
  children: z.boolean(),
  /** The config of the extract that reads it, less the connection. */
  extract: z.object({ type: z.string(), config: settingsSchema }).optional(),
})
export type BrowseEntry = z.infer<typeof browseEntrySchema>
