import type { KeepStage } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import { identifier, raw, type Sql } from '../../modules/kit/sql.ts'
import { SCHEMAS } from '../lock-down.ts'
import type { Lease } from '../session.ts'
import type { RunContext } from './context.ts'

let tablesMade = 0

/** Computes a result that several stages read into a table. @throws LogiDataError */
export async function keepStage(run: RunContext, { ref }: KeepStage, select: Sql, lease: Lease): Promise<void> {
  const { pipeline, results } = run
  const name = raw(`${SCHEMAS.runs}.${identifier(`t${++tablesMade}`).text}`)
  const columns = pipeline.columns.get(portKey(ref)) ?? []
  const positions = columns.map((_, index) => `c${index}`).join(', ')
  results.own({ table: name.text })
  await lease.execute(raw(`CREATE TABLE ${name.text} AS SELECT * FROM (${select.text}) AS k(${positions})`))
  const { rows } = await lease.query(raw(`SELECT count(*) FROM ${name.text}`))
  results.rows.set(portKey(ref), BigInt(rows[0]?.[0] ?? 0))
  const names = columns.map((column) => identifier(column.name).text).join(', ')
  results.tables.set(portKey(ref), raw(`${name.text} AS k(${names})`))
}
