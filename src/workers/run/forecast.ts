import { stat } from 'node:fs/promises'
import type { LoadModule, LoadRequest } from '../../modules/kit/contract.ts'
import { targetExists } from '../../modules/kit/files/replace-target.ts'
import { filesBelow } from '../../modules/kit/files/write-folder.ts'
import { sql } from '../../modules/kit/sql.ts'
import type { LoadForecast } from '../../shared/engine/types.ts'

interface Loading {
  readonly module: LoadModule
  readonly config: unknown
}

interface Target {
  readonly path: string
  /** For messages. */
  readonly name: string
}

/** What a load would do. One that cannot tell by itself says how many rows it would write, and what becomes of the files that are there. @throws LogiDataError */
export async function forecastOf(
  { module, config }: Loading,
  request: LoadRequest<never>,
  target: Target,
): Promise<LoadForecast> {
  if (module.forecast) return module.forecast(request)
  let rows = 0n
  for (const { name } of request.inputs.values()) {
    const counted = await request.session.query(sql`SELECT count(*) FROM ${name}`)
    rows += BigInt(counted.rows[0]?.[0] ?? 0)
  }
  const counted = { new: String(rows), changed: undefined, deleted: undefined, unchanged: undefined }
  // What is in a database's file, or behind a connection, is for the module to say.
  const isFile = module.connection?.(config as never) === undefined && !target.path.includes('#')
  if (!isFile) return { rows: counted, columns: [] }
  const there = await filesAt(target.path)
  if (there === 0)
    return { rows: { ...counted, changed: '0', deleted: '0', unchanged: '0' }, columns: [], creates: true }
  const { mode } = module.target(config as never)
  if (mode === 'fail') throw targetExists(target.name)
  const files =
    mode === 'overwrite' ? { replaced: there, kept: 0 } : mode === 'append' ? { replaced: 0, kept: there } : undefined
  const rest = mode === 'append' ? { changed: '0', deleted: '0' } : {}
  return { rows: { ...counted, ...rest }, columns: [], creates: false, ...(files && { files }) }
}

async function filesAt(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined)
  if (!info) return 0
  return info.isDirectory() ? (await filesBelow(path)).length : 1
}
