import { join } from 'node:path'
import type { KeepStage } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import { stagedGroups } from '../../modules/kit/files/row-groups.ts'
import { identifier, raw, type Sql, sql } from '../../modules/kit/sql.ts'
import type { Column, StagedFile } from '../../shared/engine/types.ts'
import { SCHEMAS } from '../lock-down.ts'
import type { Lease } from '../session.ts'
import type { RunContext } from './context.ts'
import { survivesParquet } from './parquet-types.ts'
import { writeStaged } from './staged-results.ts'

let tablesMade = 0

/**
 * Computes a result that several stages read: into files that a later attempt finds, or where Parquet would change a type into a table,
 * which ends with the run.
 * @throws LogiDataError
 */
export async function keepStage(
  run: RunContext,
  { ref }: KeepStage,
  hash: string | undefined,
  select: Sql,
  lease: Lease,
): Promise<readonly StagedFile[]> {
  const { pipeline, project, results } = run
  const columns = pipeline.columns.get(portKey(ref)) ?? []
  const positions = columns.map((_, index) => `c${index}`).join(', ')
  const rows = raw(`SELECT * FROM (${select.text}) AS k(${positions})`)
  if (hash === undefined || !columns.every(({ type }) => survivesParquet(type))) {
    await keepTable(run, portKey(ref), columns, rows, lease)
    return []
  }
  const staged = await writeStaged(project.session, hash, async (folder) => {
    const name = `${ref.port}.parquet`
    const { rowsChanged } = await lease.execute(
      sql`COPY (${rows}) TO ${join(folder, name)} (FORMAT parquet, ${stagedGroups(columns)})`,
    )
    return { ports: new Map([[ref.port, { names: [name], rows: rowsChanged }]]) }
  })
  results.take(pipeline, ref.nodeId, hash, staged)
  return staged.files
}

async function keepTable(
  { results }: RunContext,
  key: string,
  columns: readonly Column[],
  rows: Sql,
  lease: Lease,
): Promise<void> {
  const name = `${SCHEMAS.runs}.${identifier(`t${++tablesMade}`).text}`
  results.own(name)
  await lease.execute(raw(`CREATE TABLE ${name} AS ${rows.text}`))
  const counted = await lease.query(raw(`SELECT count(*) FROM ${name}`))
  results.tell(key, BigInt(counted.rows[0]?.[0] ?? 0))
  const names = columns.map((column) => identifier(column.name).text).join(', ')
  results.tables.set(key, raw(`${name} AS k(${names})`))
}
