import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { moduleOf } from '../../modules/catalogue.ts'
import type { Preview, RunEvent } from '../../shared/engine/types.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { Projects } from '../projects.ts'
import { never } from '../testing/temporary-project.ts'

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'logidata-crash-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

interface Target {
  readonly load: string
  readonly config: Record<string, JsonValue>
  /** How it is read; absent: its lines. */
  readonly extract?: readonly [type: string, config: Record<string, JsonValue>]
}

const path = (name: string) => ({ path: `out/${name}` })
const targets: Record<string, Target> = {
  csv: { load: 'load.csv', config: { ...path('a.csv'), mode: 'append', header: false } },
  'JSON lines': { load: 'load.json', config: { ...path('a.ndjson'), mode: 'append', format: 'ndjson' } },
  'a JSON array': {
    load: 'load.json',
    config: { ...path('a.json'), mode: 'append', format: 'array' },
    extract: ['extract.json', path('a.json')],
  },
  text: { load: 'load.text', config: { ...path('a.txt'), mode: 'append', template: 'row {id}' } },
  'fixed width': {
    load: 'load.fixed_width',
    config: { ...path('a.fix'), mode: 'append', fields: [{ name: 'id', width: 5 }] },
  },
  'a Parquet file': {
    load: 'load.parquet',
    config: { ...path('a.parquet'), mode: 'append' },
    extract: ['extract.parquet', path('a.parquet')],
  },
  'a Parquet folder': {
    load: 'load.parquet',
    config: { ...path('a/'), mode: 'append' },
    extract: ['extract.parquet', path('a/')],
  },
  SQLite: {
    load: 'load.sqlite',
    config: { ...path('a.db'), table: 't', mode: 'append' },
    extract: ['extract.sqlite', { ...path('a.db'), table: 't' }],
  },
  DuckDB: {
    load: 'load.duckdb',
    config: { ...path('a.duckdb'), table: 't', mode: 'append' },
    extract: ['extract.duckdb', { ...path('a.duckdb'), table: 't' }],
  },
}

function request({ load, config }: Target, runId: string, id: string, attempt = 1) {
  const source = { type: 'extract.inline', config: { columns: [{ name: 'id', type: 'VARCHAR' }], rows: [[id]] } }
  const nodes = { source, out: { type: load, inputs: { in: 'source' }, config } }
  const document = { format: 'logidata/v1', name: 'Test', nodes }
  return { projectRoot: root, document, parameters: {}, env: {}, runId, attempt, rowCounts: 'none' }
}

/** As another process of the engine would. */
async function inNewEngine<T>(work: (projects: Projects) => Promise<T>): Promise<T> {
  const projects = new Projects({ memoryBytes: 2 ** 30, threads: 2, moduleOf, moduleInfos: () => [] })
  try {
    return await work(projects)
  } finally {
    await projects.close()
  }
}

const run = (given: object) =>
  inNewEngine(async (projects) => {
    const events: RunEvent[] = []
    await projects.answer('run', given, never, (event) => events.push(event))
    const last = events.at(-1)
    expect(last).toMatchObject({ kind: 'finished', state: 'succeeded' })
    return events.flatMap((event) => (event.kind === 'stage' ? [`${event.key} ${event.state}`] : [])).at(-1)
  })

function killedAt(step: string, given: object): void {
  const script = join(import.meta.dirname, 'crash-run.ts')
  const env = { ...process.env, LOGIDATA_TEST_CRASH_AT: step }
  const { signal, stderr } = spawnSync(process.execPath, [script, JSON.stringify(given)], { env, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(signal).toBe('SIGKILL')
}

async function rowsIn({ config, extract }: Target): Promise<string[]> {
  if (!extract) return (readFileSync(join(root, String(config.path)), 'utf8').match(/\d+/g) ?? []).toSorted()
  const [type, settings] = extract
  const document = { format: 'logidata/v1', name: 'Read', nodes: { read: { type, config: settings } } }
  const asked = { projectRoot: root, document, parameters: {}, env: {}, nodeId: 'read', limit: 100, offset: 0 }
  const preview = (await inNewEngine((projects) => projects.answer('preview', asked, never))) as Preview
  return preview.rows.map((row) => row[0] ?? '').toSorted()
}

const isDatabase = (name: string): boolean => name === 'SQLite' || name === 'DuckDB'

function stepsOf(name: string): string[] {
  if (isDatabase(name)) return ['written', 'intended', 'published']
  if (name === 'csv') return ['written', 'synced', 'intended', 'renamed', 'published']
  return name === 'a Parquet folder' ? ['intended', 'swap', 'renamed'] : ['intended', 'renamed']
}

describe.each(Object.entries(targets))('a load that appends to %s', (name, target) => {
  test.each(stepsOf(name))(
    'killed at the step “%s” is done once when its run goes on, whoever appends in between',
    async (step) => {
      await run(request(target, 'before', '1'))
      killedAt(step, request(target, 'killed', '2'))
      await run(request(target, 'other', '3'))
      await run(request(target, 'killed', '2', 2))
      expect(await rowsIn(target)).toEqual(['1', '2', '3'])
      // And once more: the engine that went on may be killed before it could say so.
      expect(await run(request(target, 'killed', '2', 3))).toBe('out reused')
      expect(await rowsIn(target)).toEqual(['1', '2', '3'])
      const left = readdirSync(join(root, 'out')).filter((file) => file.endsWith('.tmp'))
      expect(left).toEqual([])
    },
    60_000,
  )
})

test.each(['intended', 'linked', 'renamed'])(
  'a file that must not exist yet, killed at the step “%s”, is written once',
  async (step) => {
    const target = { load: 'load.csv', config: { ...path('a.csv'), mode: 'fail', header: false } }
    killedAt(step, request(target, 'killed', '2'))
    await run(request(target, 'killed', '2', 2))
    expect(await rowsIn(target)).toEqual(['2'])
    expect(readdirSync(join(root, 'out'))).toEqual(['a.csv'])
  },
  60_000,
)

test('a load that replaces is simply done again, and leaves no proof', async () => {
  const target = { load: 'load.csv', config: { ...path('a.csv'), mode: 'overwrite', header: false } }
  killedAt('published', request(target, 'killed', '2'))
  expect(await run(request(target, 'killed', '2', 2))).toBe('out done')
  expect(await rowsIn(target)).toEqual(['2'])
  expect(existsSync(join(root, '.logidata/commits'))).toBe(false)
})

test('a pipeline that adds to the file it reads, by replacing it, does so once', async () => {
  const nodes = (id: string) => ({
    old: { type: 'extract.csv', config: { path: 'out/a.csv', columns: { id: { type: 'VARCHAR' } } } },
    added: { type: 'extract.inline', config: { columns: [{ name: 'id', type: 'VARCHAR' }], rows: [[id]] } },
    both: { type: 'transform.union', inputs: { in_1: 'old', in_2: 'added' } },
    out: { type: 'load.csv', inputs: { in: 'both' }, config: { path: 'out/a.csv' } },
  })
  const target = { load: 'load.csv', config: { ...path('a.csv') } }
  await run(request(target, 'before', '1'))
  const given = { ...request(target, 'killed', '2') }
  const document = { ...given.document, nodes: nodes('2') }
  killedAt('renamed', { ...given, document })
  await run({ ...given, document, attempt: 2 })
  expect(await rowsIn(target)).toEqual(['1', '2'])
})
