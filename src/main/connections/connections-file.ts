import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CONNECTIONS_FILE, type Connection } from '../../shared/connections/connection.ts'
import { type ReadConnections, readConnections } from '../../shared/connections/read-connections.ts'
import { writeConnections } from '../../shared/connections/write-connections.ts'
import { userError } from '../../shared/errors.ts'
import { toOperationalError } from '../files/file-errors.ts'
import { Serial } from '../files/serial.ts'
import { writeAtomically } from '../files/write-atomically.ts'

const NONE: ReadConnections = { connections: {}, complete: true, problems: [] }

/** A project's `connections.yaml`. */
export class ConnectionsFile {
  readonly path: string
  readonly #serial = new Serial()
  #known: { readonly state: string; readonly read: ReadConnections } | undefined

  /** @param root the project's folder */
  constructor(root: string) {
    this.path = join(root, CONNECTIONS_FILE)
  }

  /** Parsed again only when the file changes. @throws LogiDataError `file.*` */
  async read(): Promise<ReadConnections> {
    const info = await stat(this.path).catch(() => undefined)
    if (!info) return NONE
    const state = `${info.mtimeMs}.${info.size}.${info.ino}`
    if (this.#known?.state !== state) {
      const text = await this.#text()
      this.#known = { state, read: text === undefined ? NONE : readConnections(text) }
    }
    return this.#known.read
  }

  /** Changes some connections and leaves the others, and their comments, as they are. @throws LogiDataError `connections.incomplete`, `file.*` */
  change(edit: (connections: Record<string, Connection>) => void): Promise<void> {
    return this.#serial.run(this.path, async () => {
      const before = await this.#text()
      const read = before === undefined ? NONE : readConnections(before)
      if (!read.complete)
        throw userError(
          'connections.incomplete',
          `${CONNECTIONS_FILE} has faults: ${read.problems[0]?.message ?? ''}`,
          {
            hint: 'Saving would lose what they are in. Mend the file by hand first.',
          },
        )
      const connections = { ...read.connections }
      edit(connections)
      const text = writeConnections(connections, before)
      if (text !== before) await writeAtomically(this.path, text)
    })
  }

  async #text(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8')
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
      throw toOperationalError(thrown, this.path)
    }
  }
}
