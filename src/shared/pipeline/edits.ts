import { z } from 'zod'
import { nodeCheckSchema } from './checks.ts'
import {
  jsonValueSchema,
  nodeIdSchema,
  nodeSchema,
  parameterSchema,
  positionSchema,
  referenceSchema,
} from './document.ts'
import { runSettingsSchema } from './run-settings.ts'

/** Every change a person can make to a pipeline. `applyEdit` (apply-edit.ts) is the only thing that carries one out. */
export const editSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('addNode'),
    nodeId: nodeIdSchema,
    node: nodeSchema,
    position: positionSchema.optional(),
    /** The node that it goes before, in the file. Absent: last. */
    before: nodeIdSchema.optional(),
  }),
  /** Also removes the inputs of other nodes that read from it. */
  z.strictObject({ kind: z.literal('removeNode'), nodeId: nodeIdSchema }),
  /** Follows every reference, and the layout. */
  z.strictObject({ kind: z.literal('renameNode'), nodeId: nodeIdSchema, to: nodeIdSchema }),
  z.strictObject({ kind: z.literal('setLabel'), nodeId: nodeIdSchema, label: z.string().max(200).optional() }),
  z.strictObject({ kind: z.literal('setNote'), nodeId: nodeIdSchema, note: z.string().optional() }),
  z.strictObject({ kind: z.literal('setConfig'), nodeId: nodeIdSchema, config: z.record(z.string(), jsonValueSchema) }),
  z.strictObject({ kind: z.literal('setChecks'), nodeId: nodeIdSchema, checks: z.array(nodeCheckSchema).optional() }),
  /** What the node does when it fails or takes too long. */
  z.strictObject({ kind: z.literal('setRun'), nodeId: nodeIdSchema, run: runSettingsSchema.optional() }),
  /** A port that is connected already keeps its place. */
  z.strictObject({
    kind: z.literal('connect'),
    nodeId: nodeIdSchema,
    port: nodeIdSchema,
    from: referenceSchema,
    /** The port that it goes before. Absent: last. */
    before: nodeIdSchema.optional(),
    /** Accept a source that does not exist. Only an undo needs it, to bring back a broken reference as it was. */
    dangling: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('disconnect'), nodeId: nodeIdSchema, port: nodeIdSchema }),
  /** `null` forgets a position; the canvas then places the node itself. */
  z.strictObject({ kind: z.literal('moveNodes'), positions: z.record(nodeIdSchema, positionSchema.nullable()) }),
  z.strictObject({ kind: z.literal('setName'), name: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('setDescription'), description: z.string().optional() }),
  /** Without `parameter`: removes it. One that exists keeps its place. */
  z.strictObject({
    kind: z.literal('setParameter'),
    name: nodeIdSchema,
    parameter: parameterSchema.optional(),
    /** The parameter that it goes before. Absent: last. */
    before: nodeIdSchema.optional(),
  }),
])
export type PipelineEdit = z.infer<typeof editSchema>
