import { z } from 'zod'
import { userError } from '../../../../shared/errors.ts'

const markSchema = z.object({ of: z.string(), value: z.string() })

/** How far an incremental read has come, and of what. */
export type Mark = z.infer<typeof markSchema>

/** What the last run left. @throws LogiDataError `cursor.other` */
export function markOf(state: unknown, belongsTo: string): Mark {
  const parsed = markSchema.safeParse(state)
  if (parsed.success && parsed.data.of === belongsTo) return parsed.data
  throw userError('cursor.other', 'How far the last run had come was told of another request.', {
    field: ['incremental'],
    hint: 'Reset the step’s cursor, and all is read once more.',
  })
}

/** The later of two values: whole numbers, numbers, points in time, or texts in the order of their characters. */
export function laterOf(mark: Mark | undefined, value: string | undefined, of: string): Mark | undefined {
  if (value === undefined || value === '' || value === 'null' || value === 'undefined') return mark
  return mark === undefined || isLater(value, mark.value) ? { of, value } : mark
}

const WHOLE = /^-?\d+$/
const NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[-+]\d{2}:?\d{2})$/

function isLater(value: string, than: string): boolean {
  if (WHOLE.test(value) && WHOLE.test(than)) return BigInt(value) > BigInt(than)
  if (NUMBER.test(value) && NUMBER.test(than)) return Number(value) > Number(than)
  if (MOMENT.test(value) && MOMENT.test(than)) {
    const [one, other] = [Date.parse(value), Date.parse(than)]
    if (one !== other) return one > other
  }
  return value > than
}
