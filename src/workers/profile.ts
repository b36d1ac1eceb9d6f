import type { PortRef } from '../engine/resolve-pipeline.ts'
import { cellText, isNestedType } from '../modules/kit/cells.ts'
import { raw, type Sql } from '../modules/kit/sql.ts'
import type { Cell, Column, ColumnProfile, Profile } from '../shared/engine/types.ts'
import type { AnalysedPipeline } from './analyse.ts'
import type { Samples } from './sample.ts'
import type { Lease, ProjectSession } from './session.ts'

const BINS = 20
const TOP = 5
/** Up to here distinct values are counted, beyond they are estimated. */
const COUNTED_ROWS = 5_000

type Shape = 'binned' | 'listed'

/** Each column's shape: two statements, whatever the number of columns. */
export async function profileOf(
  session: ProjectSession,
  samples: Samples,
  pipeline: AnalysedPipeline,
  ref: PortRef,
  signal: AbortSignal,
): Promise<Profile> {
  const started = performance.now()
  const columns = pipeline.columns.get(`${ref.nodeId}.${ref.port}`) ?? []
  const { table, rows, exact } = await samples.table(pipeline, ref, signal)
  const profiled = await session.lease(signal, async (lease) => {
    const numbered = `(FROM ${table.text}) AS p(${columns.map((_, index) => `c${index}`).join(', ')})`
    const summaries = await summarise(lease, numbered, columns, rows)
    const shapes = await shapesOf(lease, numbered, columns, summaries)
    return columns.map((column, index) => describe(column, rows, summaries[index], shapes.get(index) ?? [], rows))
  })
  return { columns: profiled, exactness: exact ? 'exact' : 'sampled', milliseconds: performance.now() - started }
}

interface Summary {
  readonly nulls: number
  readonly distinct: number
  readonly min: Cell
  readonly max: Cell
  /** The range as numbers, for the bins; NULL where there is none. */
  readonly low: number | undefined
  readonly high: number | undefined
}

async function summarise(lease: Lease, from: string, columns: readonly Column[], rows: number): Promise<Summary[]> {
  const parts = columns.flatMap(({ type }, index) => {
    const name = raw(`c${index}`)
    const ordered = !isNestedType(type) && type !== 'BLOB' && type !== 'JSON'
    const distinct = rows <= COUNTED_ROWS ? `count(DISTINCT ${name.text})` : `approx_count_distinct(${name.text})`
    const edge = (which: 'min' | 'max') => (ordered ? cellText(raw(`${which}(${name.text})`), type).text : 'NULL')
    const measure = measureOf(name, type)
    const finite = measure ? `FILTER (WHERE isfinite(${measure}))` : ''
    return [
      `count(${name.text})`,
      distinct,
      edge('min'),
      edge('max'),
      measure ? `min(${measure}) ${finite}` : 'NULL',
      measure ? `max(${measure}) ${finite}` : 'NULL',
    ]
  })
  if (parts.length === 0) return []
  const { rows: found } = await lease.query(raw(`SELECT ${parts.join(', ')} FROM ${from}`))
  const values = found[0] ?? []
  return columns.map((_, index) => {
    const [count, distinct, min, max, low, high] = values.slice(index * 6, index * 6 + 6)
    return {
      nulls: rows - Number(count ?? 0),
      distinct: Number(distinct ?? 0),
      min: min ?? null,
      max: max ?? null,
      low: low == null ? undefined : Number(low),
      high: high == null ? undefined : Number(high),
    }
  })
}

/** Per column, what its bins or most frequent values are: rows of key and count. */
async function shapesOf(
  lease: Lease,
  from: string,
  columns: readonly Column[],
  summaries: readonly Summary[],
): Promise<Map<number, { key: Cell; count: number }[]>> {
  const shapes = new Map<number, { key: Cell; count: number }[]>()
  const parts = columns.map(({ type }, index) => {
    const name = raw(`c${index}`)
    const summary = summaries[index]
    const measure = measureOf(name, type)
    if (measure && summary?.low !== undefined && summary.high !== undefined) {
      const width = summary.high - summary.low
      // One value alone fills the first bin.
      const bin =
        width > 0 ? `least(${BINS - 1}, floor((${measure} - ${summary.low}) / ${width} * ${BINS}))::INTEGER` : '0'
      return `(SELECT ${index} AS i, CAST(${bin} AS VARCHAR) AS k, count(*) AS n FROM ${from} WHERE isfinite(${measure}) GROUP BY k)`
    }
    const text = cellText(name, type).text
    return `(SELECT ${index} AS i, ${text} AS k, count(*) AS n FROM ${from} WHERE ${name.text} IS NOT NULL GROUP BY k ORDER BY n DESC, k LIMIT ${TOP})`
  })
  if (parts.length === 0) return shapes
  const { rows } = await lease.query(raw(parts.join(' UNION ALL ')))
  for (const [i, key, n] of rows) {
    const index = Number(i)
    shapes.set(index, [...(shapes.get(index) ?? []), { key: key ?? null, count: Number(n) }])
  }
  return shapes
}

function describe(
  column: Column,
  rows: number,
  summary: Summary | undefined,
  found: readonly { key: Cell; count: number }[],
  total: number,
): ColumnProfile {
  const shape: Shape = measureOf(raw('x'), column.type) ? 'binned' : 'listed'
  const base = {
    name: column.name,
    type: column.type,
    rows,
    nulls: summary?.nulls ?? 0,
    // An estimate may pass what is possible.
    distinct: Math.min(summary?.distinct ?? 0, total - (summary?.nulls ?? 0)),
    min: summary?.min ?? null,
    max: summary?.max ?? null,
  }
  if (shape === 'listed') return { ...base, top: found.map(({ key, count }) => ({ value: key, count })) }
  const histogram = Array.from({ length: BINS }, () => 0)
  for (const { key, count } of found) histogram[Number(key)] = count
  return { ...base, histogram }
}

/** A value as a DOUBLE that bins can be cut from; undefined for types without distance. */
function measureOf(name: Sql, type: string): string | undefined {
  if (/^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|FLOAT|DOUBLE|BIGNUM)$/.test(type))
    return `CAST(${name.text} AS DOUBLE)`
  if (type === 'DATE' || type.startsWith('TIMESTAMP'))
    return `(CASE WHEN isfinite(${name.text}) THEN epoch(${name.text}) END)`
  if (type === 'TIME') return `epoch(${name.text})`
  return undefined
}
