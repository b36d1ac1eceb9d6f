import { mkdirSync, realpathSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { WRONG_OPTIMIZERS } from '../modules/kit/duckdb-session.ts'
import { removeTemporary, temporaryPath } from '../modules/kit/files/temporary-names.ts'
import { literal } from '../modules/kit/sql.ts'
import { operationalError, userError } from '../shared/errors.ts'

export interface InstanceOptions {
  /** Absolute folder: the only one that queries may read and write. */
  readonly projectRoot: string
  readonly memoryBytes: number
  readonly threads: number
  /** How many queries may run at once. The settings are locked before the first query, so they are all made here. */
  readonly connections: number
  /** How many of a run's queries may: these tell afterwards how many rows passed each operator, which costs some milliseconds a query. */
  readonly measured: number
}

/** A connection that writes what happened in a query to a file once the query has ended. */
export interface MeasuredConnection {
  readonly connection: DuckDBConnection
  /** JSON, overwritten by every query. */
  readonly profile: string
}

export interface LockedInstance {
  readonly instance: DuckDBInstance
  readonly connections: DuckDBConnection[]
  readonly measured: readonly MeasuredConnection[]
  /** Only for preparing: it plans without optimising, which takes half the time and gives the same columns. */
  readonly binder: DuckDBConnection
  /** Links resolved. */
  readonly root: string
  /** Folder for what can be made again. */
  readonly staging: string
  /** What does not fit into memory, while the instance lives. */
  readonly spill: string
}

/** Below the project's folder. */
export const SPILL_FOLDER = '.logidata/spill'

/** What DuckDB measures in a run's queries: no more than is used, since everything is taken for each batch of rows. */
const PROFILE = JSON.stringify(
  Object.fromEntries(
    ['QUERY_NAME', 'CPU_TIME', 'EXTRA_INFO', 'OPERATOR_NAME', 'OPERATOR_CARDINALITY', 'OPERATOR_TIMING'].map((name) => [
      name,
      'true',
    ]),
  ),
)

/** Tables that the engine makes for itself live in schemas of these names. */
export const SCHEMAS = { stubs: 'ld_stubs', samples: 'ld_samples', runs: 'ld_runs', tests: 'ld_tests' } as const

/**
 * A DuckDB in memory that reaches nothing but the project's folder, and whose settings no query can change.
 * @throws LogiDataError `project.not-found`, `project.unwritable`
 */
export async function openLockedInstance(options: InstanceOptions): Promise<LockedInstance> {
  const root = resolveRoot(options.projectRoot)
  const staging = join(root, '.logidata', 'staging')
  // A folder of its own: two instances would take the same names in one.
  const spill = temporaryPath(join(root, SPILL_FOLDER, 'duckdb'), 'part')
  try {
    mkdirSync(staging, { recursive: true })
    mkdirSync(spill, { recursive: true })
  } catch (cause) {
    throw operationalError('project.unwritable', 'The project’s folder cannot be written to.', {
      hint: 'Check the permissions of the folder, or copy the project elsewhere.',
      cause,
    })
  }
  const instance = await DuckDBInstance.create(':memory:', { threads: String(options.threads) })
  try {
    const connections = await Promise.all(Array.from({ length: options.connections }, () => instance.connect()))
    // Only a connection itself can turn these on, whatever scope DuckDB names for them, and not once the configuration is locked.
    const measured: MeasuredConnection[] = []
    for (let index = 0; index < options.measured; index++)
      measured.push({ connection: await instance.connect(), profile: join(spill, `profile${index}.json`) })
    for (const connection of [...connections, ...measured.map((one) => one.connection)])
      await connection.run(
        'SET errors_as_json = true; SET enable_progress_bar = true; SET enable_progress_bar_print = false',
      )
    for (const { connection, profile } of measured)
      await connection.run(
        `SET enable_profiling = 'json'; SET profiling_output = ${literal(profile)}; SET custom_profiling_settings = ${literal(PROFILE)}`,
      )
    const binder = await instance.connect()
    await binder.run('PRAGMA disable_optimizer')
    for (const schema of Object.values(SCHEMAS)) await binder.run(`CREATE SCHEMA ${schema}`)
    const settings = [
      `SET memory_limit = '${Math.floor(options.memoryBytes / 2 ** 20)}MiB'`,
      `SET temp_directory = ${literal(spill)}`,
      `SET max_temp_directory_size = '${spillLimit(spill)}MiB'`,
      // The same rows and the same text wherever a pipeline runs.
      `SET TimeZone = 'UTC'`,
      `SET disabled_optimizers = '${WRONG_OPTIMIZERS}'`,
      'SET errors_as_json = true',
      'SET autoinstall_known_extensions = false',
      'SET autoload_known_extensions = false',
      'SET allow_community_extensions = false',
      'SET allow_persistent_secrets = false',
      `SET allowed_directories = [${literal(root)}]`,
      'SET enable_external_access = false',
      'SET lock_configuration = true',
    ]
    for (const setting of settings) await binder.run(setting)
    return { instance, connections, measured, binder, root, staging, spill }
  } catch (thrown) {
    instance.closeSync()
    await removeTemporary(spill)
    throw thrown
  }
}

function resolveRoot(path: string): string {
  try {
    return realpathSync(path)
  } catch (cause) {
    throw userError('project.not-found', `There is no project folder ${path}.`, { cause })
  }
}

/** Mebibytes: what is free, less a reserve for everything else on the disk. */
function spillLimit(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return Math.max(64, Math.floor((bavail * bsize * 0.8) / 2 ** 20))
}
