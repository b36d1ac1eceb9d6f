import { z } from 'zod'
import { type ColumnPlan, columnPlanSchema } from '../../connectors/postgres/types.ts'
import type { Discovered } from '../../kit/contract.ts'
import type { Pushable, PushedKind, PushedValue } from '../../kit/pushdown.ts'
import { shapedText } from '../../kit/pushdown.ts'
import type { PostgresConfig } from './descriptor.ts'

const factsSchema = z.object({ columns: z.array(columnPlanSchema), version: z.number().optional() })

/** `FETCH FIRST … WITH TIES` is there since version 13. */
const TIES_SINCE = 130_000

const KINDS: Readonly<Record<string, PushedKind>> = {
  'pg_catalog.int2': 'integer',
  'pg_catalog.int4': 'integer',
  'pg_catalog.int8': 'integer',
  'pg_catalog.numeric': 'decimal',
  'pg_catalog.date': 'date',
  'pg_catalog.timestamp': 'timestamp',
  'pg_catalog.timestamptz': 'instant',
  'pg_catalog.bool': 'boolean',
  'pg_catalog.text': 'text',
  'pg_catalog.varchar': 'text',
}

/** Columns that come as the server holds them, of types whose comparisons are exact. */
export function pushable(config: PostgresConfig, { facts }: Discovered): Pushable {
  const { columns = [], version = 0 } = factsSchema.safeParse(facts).data ?? {}
  // What is new since the last run is asked for by the watermark, and all of it.
  const first = config.incremental ? 'no' : version >= TIES_SINCE && config.order_by.length === 0 ? 'ties' : 'plain'
  return { columns: columns.map((plan) => kindOf(plan, config)), first }
}

function kindOf(plan: ColumnPlan, config: PostgresConfig): PushedKind | undefined {
  const kind = plan.depth > 0 || plan.asJson ? undefined : KINDS[plan.given.split('(')[0] ?? '']
  switch (kind) {
    case 'decimal':
      // What becomes NULL here is no NULL there.
      return plan.kind === 'decimal' && config.not_a_number === 'fail' ? kind : undefined
    case 'date':
    case 'timestamp':
    case 'instant':
      return plan.kind === 'temporal' && config.infinity === 'fail' ? kind : undefined
    default:
      return kind
  }
}

/** A comparison in the server's words. COPY can be given no values, so each is written in a form that nothing else fits in. */
export function comparison(name: string, by: string, value: PushedValue): string {
  const text = shapedText(value)
  switch (value.kind) {
    case 'integer':
      return `${name} ${by} (${text})`
    case 'decimal':
      return `${name} ${by} (${text})::pg_catalog.numeric`
    case 'boolean':
      return `${name} ${by} ${text}`
    case 'date':
      return `${name} ${by} DATE '${text}'`
    case 'timestamp':
      return `${name} ${by} TIMESTAMP '${text}'`
    case 'instant':
      return `${name} ${by} TIMESTAMP WITH TIME ZONE '${text}+00'`
    case 'text': {
      const digits = Buffer.from(text, 'utf8').toString('hex')
      return `${name} COLLATE "C" ${by} pg_catalog.convert_from(pg_catalog.decode('${digits}', 'hex'), 'UTF8') COLLATE "C"`
    }
  }
}
