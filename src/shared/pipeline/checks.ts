import { z } from 'zod'

/** What a check can say: of every row, of all rows together (`unique`, `table`), or of their number (`rows`). */
export const CHECK_KINDS = [
  'not_null',
  'not_empty',
  'unique',
  'range',
  'set',
  'pattern',
  'length',
  'type',
  'expression',
  'rows',
  'table',
] as const

/**
 * An expectation on the rows of an output port, looked at in every run. The settings are those of the rules of `transform.validate`.
 * Every value is text, so that no digit is lost.
 */
export const nodeCheckSchema = z.strictObject({
  /** What people call it. */
  name: z.string().min(1).max(200).optional(),
  /** Absent: the default output. */
  port: z.string().min(1).optional(),
  check: z.enum(CHECK_KINDS),
  /** `warn`: the run goes on. Absent: `fail`, and no load below is written. */
  severity: z.enum(['warn', 'fail']).optional(),
  columns: z.array(z.string()).optional(),
  /** Columns by a regular expression of their names. */
  pattern: z.string().optional(),
  kinds: z.array(z.enum(['text', 'number', 'date', 'boolean'])).optional(),
  min: z.string().optional(),
  max: z.string().optional(),
  values: z.array(z.string()).optional(),
  regex: z.string().optional(),
  type: z.string().optional(),
  expression: z.string().optional(),
  message: z.string().optional(),
})
export type NodeCheck = z.infer<typeof nodeCheckSchema>

/** What a check is called: its name, or what it says. */
export function checkName(check: NodeCheck): string {
  if (check.name !== undefined) return check.name
  const { columns = [], pattern, expression, min, max } = check
  const about = columns.length > 0 ? columns.join(', ') : (pattern ?? '')
  const bounds =
    min !== undefined && max !== undefined ? `${min} to ${max}` : min !== undefined ? `≥ ${min}` : `≤ ${max}`
  switch (check.check) {
    case 'expression':
    case 'table':
      return (expression ?? '').replaceAll(/\s+/g, ' ').trim() || check.check
    case 'rows':
      return `rows ${bounds}`
    case 'range':
    case 'length':
      return `${check.check} ${about} ${bounds}`
    default:
      return `${check.check.replaceAll('_', ' ')} ${about}`.trim()
  }
}
