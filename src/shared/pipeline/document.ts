import { z } from 'zod'
import { nodeCheckSchema } from './checks.ts'
import { runSettingsSchema } from './run-settings.ts'

/** The current value of a file's `format` key. Older ones are read through `migrations.ts`. */
export const FORMAT = 'logidata/v1'

/**
 * A node's key: its identity in references, diffs, metrics and logs; also usable as an SQL name. The two words that every
 * JavaScript object answers to are no names, so that looking a node up in a document never finds what is not one.
 */
export const NODE_ID = /^(?!(?:__proto__|constructor)$)[a-z_][a-z0-9_]{0,62}$/
export const nodeIdSchema = z
  .string()
  .regex(NODE_ID, 'use lower-case letters, digits and _, starting with a letter, 63 characters at most')

/** `node` (its only or default output) or `node.port`. */
export const REFERENCE =
  /^(?!(?:__proto__|constructor)(?:\.|$))([a-z_][a-z0-9_]{0,62})(?:\.(?!(?:__proto__|constructor)$)([a-z_][a-z0-9_]{0,62}))?$/
export const referenceSchema = z.string().regex(REFERENCE, 'write a node, or node.port')

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }
export const jsonValueSchema: z.ZodType<JsonValue> = z.json() as z.ZodType<JsonValue>

export const parameterTypeSchema = z.enum(['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp'])
export type ParameterType = z.infer<typeof parameterTypeSchema>

/** A parameter's value is text on the wire and in memory for every type, so that no digit is lost. */
export const parameterSchema = z.strictObject({
  type: parameterTypeSchema,
  default: z.string().optional(),
  description: z.string().optional(),
  /** Its values are written down nowhere: not in the history, the log, or what others are told. It has no default. */
  secret: z.boolean().optional(),
})
export type Parameter = z.infer<typeof parameterSchema>

export const nodeSchema = z.strictObject({
  /** `extract.X`, `transform.X` or `load.X`. */
  type: z.string().regex(/^(extract|transform|load)\.[a-z][a-z0-9_]*$/, 'name a module, such as transform.filter'),
  /** What people see instead of the key. */
  label: z.string().min(1).max(200).optional(),
  /** A note about the node, for people. */
  note: z.string().optional(),
  /**
   * Input port -> reference. A port that takes any number of inputs (`many`) numbers or names them itself:
   * `transform.union` has `in_1`, `in_2`; `transform.sql` calls them as its SQL does.
   */
  inputs: z.record(nodeIdSchema, referenceSchema).optional(),
  config: z.record(z.string(), jsonValueSchema).optional(),
  /** Expectations on the rows of its output ports. */
  checks: z.array(nodeCheckSchema).optional(),
  run: runSettingsSchema.optional(),
})
export type PipelineNode = z.infer<typeof nodeSchema>

/** Canvas position in pixels at zoom 1, whole numbers. */
export const positionSchema = z.tuple([z.number().int(), z.number().int()])
export type Position = z.infer<typeof positionSchema>

export const documentSchema = z.strictObject({
  format: z.literal(FORMAT),
  name: z.string().min(1).max(200),
  description: z.string().optional(),
  parameters: z.record(nodeIdSchema, parameterSchema).optional(),
  nodes: z.record(nodeIdSchema, nodeSchema),
  layout: z.record(nodeIdSchema, positionSchema).optional(),
})

/** A pipeline as everybody but the file reader sees it. Treated as immutable: edits make a new one. */
export type PipelineDocument = z.infer<typeof documentSchema>

export interface Reference {
  readonly nodeId: string
  /** Absent: the node's default output. */
  readonly port?: string
}

/** @throws {TypeError} if the text is not `node` or `node.port`. */
export function parseReference(text: string): Reference {
  const match = REFERENCE.exec(text)
  if (!match?.[1]) throw new TypeError(`not a reference: ${text}`)
  return match[2] ? { nodeId: match[1], port: match[2] } : { nodeId: match[1] }
}

export function formatReference(reference: Reference): string {
  return reference.port ? `${reference.nodeId}.${reference.port}` : reference.nodeId
}
