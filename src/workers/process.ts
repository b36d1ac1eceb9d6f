import type { ResolvedNode } from '../engine/resolve-pipeline.ts'
import type { ProcessModule } from '../modules/kit/contract.ts'
import { type Staged, type StageWriter, stage, stagedRelation } from '../modules/kit/files/stage.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../modules/kit/sql.ts'
import type { ResolvedConnection } from '../shared/connections/connection.ts'
import type { Column } from '../shared/engine/types.ts'
import { frozenNow } from './frozen-clock.ts'
import type { ProjectSession } from './session.ts'
import { type Connections, connectionOf, withSecretsHidden } from './sources/connection-of.ts'

export interface ProcessInput {
  /** A complete SELECT. */
  readonly select: Sql
  readonly columns: readonly Column[]
}

/** What a node computed by code: per output port, what stands after FROM, and how many rows it has. */
export interface Processed {
  readonly ports: ReadonlyMap<string, { readonly table: Sql; readonly rows: number; readonly files: readonly string[] }>
}

export interface ProcessOptions {
  /** What the result depends on; equal keys in one folder share one result while this process lives. */
  readonly key: unknown
  /** Where the files go; absent: the staging folder. */
  readonly folder?: string
  readonly connections: Connections | undefined
  readonly sampled?: boolean
  readonly offline?: boolean | undefined
  readonly signal: AbortSignal
}

/** The connection of a node that is computed by code. @throws LogiDataError as `connectionOf` */
export function processConnection(
  node: ResolvedNode,
  connections: Connections | undefined,
): ResolvedConnection | undefined {
  const module = node.module as ProcessModule
  return connectionOf(module.connection?.(node.config as never), connections)
}

/**
 * Runs the code of a node over the rows of its inputs, and stages what it gives.
 * @throws LogiDataError what the code, or reading the inputs, gave; `cancelled`
 */
export async function computeProcess(
  session: ProjectSession,
  node: ResolvedNode,
  inputs: ReadonlyMap<string, ProcessInput>,
  columns: Readonly<Record<string, readonly Column[]>>,
  { key, folder, connections, sampled, offline, signal }: ProcessOptions,
): Promise<Processed> {
  if (node.module?.kind !== 'process') throw new TypeError(`${node.id} is not computed by code`)
  const module = node.module as ProcessModule
  const now = frozenNow()
  const connection = processConnection(node, connections)
  const files = folder === undefined ? session.files : { ...session.files, staging: folder }
  const staged: Staged<null> = await session.lease(signal, (writing) =>
    stage({ files, session: writing, signal }, 'process', [THIS_PROCESS, key, connection?.settings], async (table) => {
      const writers = new Map<string, StageWriter>()
      for (const [port, list] of Object.entries(columns)) writers.set(port, await table(port, positional(list)))
      const work = () =>
        module.process({
          nodeId: node.id,
          config: node.config as never,
          parameters: node.parameters,
          files: session.files,
          ...(connection ? { connection } : {}),
          sampled,
          offline,
          inputs: new Map([...inputs].map(([port, input]) => [port, input.columns])),
          rows: (port) => rowsOf(session, inputs.get(port), signal),
          write: async (port, rows) => {
            const writer = writers.get(port)
            if (!writer) throw new TypeError(`${node.type} has no output ${port}`)
            await writer.write(rows)
          },
          ...(now === undefined ? {} : { now }),
          signal,
        })
      await withSecretsHidden(connection, work)
      return null
    }),
  )
  const ports = Object.entries(staged.tables).map(([port, table]) => {
    const names = (columns[port] ?? []).map(({ name }) => identifier(name))
    const relation = sql`${stagedRelation(table)} AS k(${joinSql(names)})`
    return [port, { table: relation, rows: table.rows, files: table.files }] as const
  })
  return { ports: new Map(ports) }
}

/** Names that SQL takes for one would be one column of a file. */
const positional = (columns: readonly Column[]): Column[] =>
  columns.map(({ type }, index) => ({ name: `c${index}`, type }))

/** What a result depends on is numbered anew in every process. */
const THIS_PROCESS = [process.pid, performance.timeOrigin]

async function* rowsOf(session: ProjectSession, input: ProcessInput | undefined, signal: AbortSignal) {
  if (!input) return
  const names = joinSql(input.columns.map((_, index) => raw(`c${index}`)))
  yield* session.leased(signal, (lease) => lease.stream(sql`SELECT * FROM (${input.select}) AS rows(${names})`))
}
