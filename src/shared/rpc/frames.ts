import { z } from 'zod'
import { errorInfoSchema } from '../errors.ts'

const idSchema = z.number().int().min(1)
const creditSchema = z.number().int().min(1).max(1_000_000)

/** From client to host. */
export const clientFrameSchema = z.discriminatedUnion('kind', [
  /** `credit`: how many items a stream may send before it needs `more`. A call ignores it. */
  z.object({
    kind: z.literal('request'),
    id: idSchema,
    method: z.string(),
    input: z.unknown(),
    credit: creditSchema.optional(),
  }),
  z.object({ kind: z.literal('more'), id: idSchema, credit: creditSchema }),
  z.object({ kind: z.literal('cancel'), id: idSchema }),
])
export type ClientFrame = z.infer<typeof clientFrameSchema>

/** From host to client. A call ends with `ok` or `error`, a stream with `end` or `error`. */
export const hostFrameSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok'), id: idSchema, value: z.unknown() }),
  z.object({ kind: z.literal('item'), id: idSchema, value: z.unknown() }),
  z.object({ kind: z.literal('end'), id: idSchema }),
  z.object({ kind: z.literal('error'), id: idSchema, error: errorInfoSchema }),
])
export type HostFrame = z.infer<typeof hostFrameSchema>

const withId = z.object({ id: idSchema })

/** The request that a frame speaks of, however broken the rest of it is. */
export function frameId(frame: unknown): number | undefined {
  const parsed = withId.safeParse(frame)
  return parsed.success ? parsed.data.id : undefined
}
