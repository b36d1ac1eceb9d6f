import { basename, join } from 'node:path'
import type { CellValue, RowSink } from '../../modules/kit/contract.ts'
import { stagedGroups } from '../../modules/kit/files/row-groups.ts'
import { TableWriter } from '../../modules/kit/files/stage.ts'
import { removeTemporary, temporaryPath } from '../../modules/kit/files/temporary-names.ts'
import { raw, type Sql, sql } from '../../modules/kit/sql.ts'
import type { Column } from '../../shared/engine/types.ts'
import type { ProjectSession } from '../session.ts'

/** Names that SQL takes for one would be one column of a file. */
const positional = (columns: readonly Column[]): Column[] =>
  columns.map(({ type }, index) => ({ name: `c${index}`, type }))

export interface SinkPort {
  readonly name: string
  readonly columns: readonly Column[]
}

/** What a port got: names of Parquet files in their order, with columns `c0`, `c1`, … */
export interface SunkPort {
  readonly names: readonly string[]
  readonly rows: bigint
}

/** The rows of a source on their way into the files of a folder. */
export class ParquetSink implements RowSink {
  readonly #session: ProjectSession
  readonly #folder: string
  readonly #signal: AbortSignal
  readonly #ports: readonly Port[]
  readonly #temporary: string[] = []

  /** @param ports the default one, and the one for rejected rows where there is one */
  constructor(session: ProjectSession, folder: string, ports: readonly SinkPort[], signal: AbortSignal) {
    this.#session = session
    this.#folder = folder
    this.#signal = signal
    this.#ports = ports.map(({ name, columns }) => new Port(name, positional(columns)))
  }

  write(rows: readonly (readonly CellValue[])[]): Promise<void> {
    return this.#append(this.#port(0), rows)
  }

  reject(rows: readonly (readonly CellValue[])[]): Promise<void> {
    return this.#append(this.#port(1), rows)
  }

  async copy(select: Sql, to?: 'reject'): Promise<bigint> {
    const port = this.#port(to === 'reject' ? 1 : 0)
    const path = port.next(this.#folder)
    const names = raw(port.columns.map(({ name }) => name).join(', '))
    const { rowsChanged } = await this.#session.lease(this.#signal, (lease) =>
      lease.execute(
        sql`COPY (SELECT * FROM (${select}) AS k(${names})) TO ${path} (FORMAT parquet, ${stagedGroups(port.columns)})`,
      ),
    )
    port.rows += rowsChanged
    return rowsChanged
  }

  async parquet(write: (path: string) => Promise<bigint>): Promise<bigint> {
    const port = this.#port(0)
    const path = port.next(this.#folder)
    const rows = await write(path)
    // A file that is not what was said would be found by whoever reads it, much later.
    const { columns } = await this.#session.lease(this.#signal, (lease) =>
      lease.query(sql`SELECT * FROM read_parquet(${path}) LIMIT 0`),
    )
    const shape = (all: readonly Column[]) => JSON.stringify(all.map(({ name, type }) => [name, type]))
    if (shape(columns) !== shape(port.columns))
      throw new TypeError(`the source wrote ${shape(columns)} instead of ${shape(port.columns)}`)
    port.rows += rows
    return rows
  }

  temporary(ending: string): string {
    const path = temporaryPath(join(this.#session.staging, `pipe-${this.#temporary.length}${ending}`), 'part')
    this.#temporary.push(path)
    return path
  }

  /** Ends the files. @returns by port */
  async finish(): Promise<ReadonlyMap<string, SunkPort>> {
    for (const port of this.#ports) {
      // A port without rows is a file without rows: its columns are known all the same.
      if (port.paths.length === 0 || port.writing) await this.#append(port, [])
      await port.writing?.finish()
    }
    return new Map(
      this.#ports.map(({ name, paths, rows }) => [name, { names: paths.map((path) => basename(path)), rows }]),
    )
  }

  /** Always to be called. */
  async close(): Promise<void> {
    for (const port of this.#ports) await port.writing?.close()
    for (const path of this.#temporary) await removeTemporary(path)
  }

  async #append(port: Port, rows: readonly (readonly CellValue[])[]): Promise<void> {
    port.writing ??= new LeasedWriter(this.#session, port, () => port.next(this.#folder), this.#signal)
    await port.writing.write(rows)
    port.rows += BigInt(rows.length)
  }

  #port(index: number): Port {
    const port = this.#ports[index]
    if (!port) throw new TypeError('the source has no such port')
    return port
  }
}

class Port {
  readonly name: string
  readonly columns: readonly Column[]
  readonly paths: string[] = []
  rows = 0n
  writing: LeasedWriter | undefined

  constructor(name: string, columns: readonly Column[]) {
    this.name = name
    this.columns = columns
  }

  next(folder: string): string {
    const path = join(folder, `${this.name}-${this.paths.length}.parquet`)
    this.paths.push(path)
    return path
  }
}

/** A writer with a connection of its own, from its first rows to its end. */
class LeasedWriter {
  readonly #opened: Promise<TableWriter>
  #giveBack: () => void = () => undefined
  readonly #lent: Promise<void>

  constructor(session: ProjectSession, port: Port, next: () => string, signal: AbortSignal) {
    const until = new Promise<void>((resolve) => {
      this.#giveBack = resolve
    })
    let lent: Promise<void> = Promise.resolve()
    this.#opened = new Promise((resolve, reject) => {
      lent = session
        .lease(signal, async (lease) => {
          resolve(new TableWriter(await lease.writer(port.columns), port.columns, next, signal))
          await until
        })
        .catch(reject)
    })
    this.#opened.catch(() => undefined)
    this.#lent = lent
  }

  async write(rows: readonly (readonly CellValue[])[]): Promise<void> {
    await (await this.#opened).write(rows)
  }

  async finish(): Promise<void> {
    await (await this.#opened).finish()
  }

  async close(): Promise<void> {
    await (await this.#opened.catch(() => undefined))?.close()
    this.#giveBack()
    await this.#lent
  }
}
