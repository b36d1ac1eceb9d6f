import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fuse } from '../../engine/fuse.ts'
import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import { publishFile } from '../../modules/kit/files/replace-target.ts'
import { removeTemporary, temporaryPath } from '../../modules/kit/files/temporary-names.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../modules/kit/sql.ts'
import type { Column, KeptRejects } from '../../shared/engine/types.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import type { RunContext } from '../run/context.ts'
import { warn } from './log.ts'
import { rejectPorts } from './reject-ports.ts'

/** Below the project's folder. */
export const REJECTS_FOLDER = '.logidata/rejects'

/**
 * Keeps the rejected rows of a run's nodes as Parquet, whether somebody reads them or not: with all of their columns, and those of the
 * port that say why and whence. Only where there are any. What cannot be kept is said in the log and fails nothing.
 */
export async function keepRejects(run: RunContext, taking: ReadonlySet<string>): Promise<void> {
  const limit = run.request.keepRejects?.rows ?? 0
  for (const nodeId of taking)
    for (const port of rejectPorts(run, nodeId)) {
      const rows = run.results.rows.get(portKey({ nodeId, port }))
      if (limit === 0 || rows === 0n) {
        if (rows !== undefined) add(run, nodeId, port, { rows: String(rows), kept: '0' })
        continue
      }
      try {
        await keep(run, { nodeId, port }, rows, limit)
      } catch (thrown) {
        if (run.signal.aborted) throw thrown
        warn(run, `The rejected rows of ${nodeId}.${port} could not be kept: ${toErrorInfo(thrown).message}`)
      }
    }
}

async function keep(run: RunContext, ref: PortRef, rows: bigint | undefined, limit: number): Promise<void> {
  const { pipeline, project, request, results, signal } = run
  const part = encodeURIComponent(request.runId).replaceAll('.', '%2E')
  const file = `${REJECTS_FOLDER}/${part}/${encodeURIComponent(ref.nodeId)}.${ref.port}.parquet`
  const path = join(project.session.root, file)
  const { select } = fuse(pipeline, [ref], { replaced: results.tables, compiled: pipeline.compiled })
  const columns = (pipeline.columns.get(portKey(ref)) ?? []).map(storedColumn)
  await mkdir(dirname(path), { recursive: true })
  const temporary = temporaryPath(path, 'new')
  try {
    const kept = await project.session.lease(signal, async (lease) => {
      const limited = sql`SELECT ${joinSql(columns)} FROM (SELECT * FROM (${select}) LIMIT ${raw(String(limit))})`
      return (await lease.execute(sql`COPY (${limited}) TO ${literal(temporary)} (FORMAT parquet, COMPRESSION zstd)`))
        .rowsChanged
    })
    const all = rows ?? (kept < BigInt(limit) ? kept : undefined)
    if (all !== undefined) results.rows.set(portKey(ref), all)
    if (kept === 0n) {
      add(run, ref.nodeId, ref.port, { rows: '0', kept: '0' })
      return
    }
    await publishFile(temporary, path, false)
    add(run, ref.nodeId, ref.port, { rows: String(all ?? kept), kept: String(kept), file })
  } finally {
    await removeTemporary(temporary)
  }
}

function add({ results }: RunContext, nodeId: string, port: string, kept: KeptRejects): void {
  results.rejects.set(nodeId, { ...results.rejects.get(nodeId), [port]: kept })
}

/** Parquet has no such type: as text, which `replay` casts back. */
const CHANGED = /HUGEINT|TIME WITH TIME ZONE|INTERVAL|\bBIT\b|ENUM|UNION|BIGNUM|VARIANT|\[\d+\]/

function storedColumn({ name, type }: Column): Sql {
  const column = identifier(name)
  return CHANGED.test(type) && !type.includes('TIMESTAMP WITH') ? sql`CAST(${column} AS VARCHAR) AS ${column}` : column
}
