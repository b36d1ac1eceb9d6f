import { glob, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import type { Cell, Column } from '../../../shared/engine/types.ts'
import { type LogiDataError, userError } from '../../../shared/errors.ts'
import type { InputRelation, LoadModule, LoadResult, ProjectFiles, RelationModule } from '../contract.ts'
import { type DuckDbSession, openDuckDbSession } from '../duckdb-session.ts'
import { type Sql, sql } from '../sql.ts'

/** A project folder with a real DuckDB session over it, for the tests of the file modules. */
export interface FileLab {
  readonly root: string
  readonly files: ProjectFiles
  readonly session: DuckDbSession
  write(name: string, content: string | Uint8Array): Promise<string>
  read(name: string): Promise<string>
  /** Prepares, compiles and runs an extract. */
  // biome-ignore lint/suspicious/noExplicitAny: a test names the module, whose config type is its own.
  extract(module: RelationModule<any, any>, config: unknown, port?: string): Promise<Table>
  /** @param query of the input `in`, or of each input by its port */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  load(module: LoadModule<any>, config: unknown, query: Sql | ReadonlyMap<string, Sql>): Promise<LoadResult>
  close(): Promise<void>
}

export interface Table {
  readonly columns: Column[]
  readonly rows: Cell[][]
}

/** @param threads of DuckDB */
export async function openFileLab(threads = 2): Promise<FileLab> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'logidata-files-')))
  const staging = join(root, '.logidata', 'staging')
  await mkdir(staging, { recursive: true })
  const session = await openDuckDbSession({ threads: String(threads) })

  const files: ProjectFiles = {
    staging,
    async inputs(pathOrGlob) {
      const names: string[] = []
      if (/[*?[{]/.test(pathOrGlob)) {
        for await (const name of glob(pathOrGlob, { cwd: root })) names.push(name)
      } else names.push(pathOrGlob)
      const found = []
      for (const name of names.sort()) {
        const path = resolve(root, name)
        const info = await stat(path).catch(() => undefined)
        if (!info) continue
        if (info.isFile()) found.push({ path, name: relative(root, path), bytes: info.size, modified: info.mtimeMs })
      }
      if (found.length === 0) throw userError('file.not-found', `There is no file ${pathOrGlob}.`)
      return found
    },
    async output(path) {
      return { path: resolve(root, path), name: path }
    },
  }
  const common = { nodeId: 'node', parameters: new Map(), files, session, signal: new AbortController().signal }

  return {
    root,
    files,
    session,
    async write(name, content) {
      const path = join(root, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
      return path
    },
    read: (name) => readFile(join(root, name), 'utf8'),
    async extract(module, given, port) {
      const config = module.descriptor.config.parse(given)
      const facts = await module.prepare?.({ ...common, config })
      const kept = facts === undefined ? undefined : JSON.parse(JSON.stringify(facts))
      const ports = module.compile({ ...common, config, inputs: new Map(), facts: kept })
      const query = ports[port ?? module.descriptor.outputs[0]?.name ?? 'out']
      if (!query) throw new Error(`no port ${port}`)
      try {
        return await session.query(query)
      } catch (error) {
        const explained = await module.explain?.({
          ...common,
          config,
          facts: kept,
          error: error as LogiDataError,
        })
        throw explained ?? error
      }
    },
    async load(module, given, query) {
      const config = module.descriptor.config.parse(given)
      const inputs = new Map<string, InputRelation>()
      for (const [port, one] of query instanceof Map ? query : [['in', query as Sql] as const])
        inputs.set(port, { name: sql`(${one})`, columns: await session.describe(one), source: `from ${port}` })
      const [input] = inputs.values()
      if (!input) throw new Error('nothing to load')
      module.check?.(config, input.columns, new Map([...inputs].map(([port, { columns }]) => [port, columns])))
      return module.write({ ...common, config, input, inputs })
    },
    async close() {
      session.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}
