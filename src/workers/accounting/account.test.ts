import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { moduleOf } from '../../modules/catalogue.ts'
import type { RelationModule } from '../../modules/kit/contract.ts'
import { literal, raw, sql } from '../../modules/kit/sql.ts'
import type { RunEvent } from '../../shared/engine/types.ts'
import { runPipeline } from '../run/run-pipeline.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'

/** A filter that loses the rows that do not match, and says that it does not. */
const losing = (type: string) => {
  const module = moduleOf(type)
  if (type !== 'transform.filter' || module?.kind !== 'relation') return module
  const filter = module as RelationModule
  return {
    ...filter,
    compile: (request: Parameters<typeof filter.compile>[0]) => {
      const ports = filter.compile(request)
      return { ...ports, rest: sql`SELECT * FROM (${ports.rest ?? raw('')}) LIMIT 1` }
    },
  }
}

let own: TemporaryProject
let faulty: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  faulty = await temporaryProject({ moduleOf: losing as typeof moduleOf })
  for (const { write } of [own, faulty])
    write(
      'data/people.csv',
      `id,age,name\n${Array.from({ length: 100 }, (_, i) => `${i},${i % 10 === 0 ? 'old' : i},n${i}`).join('\n')}\n`,
    )
  own.write('data/broken.csv', 'id,age\n1,10\n2,ten\n3,30\n4\n')
})
afterAll(() => Promise.all([own.close(), faulty.close()]))

const people: TestNode = {
  type: 'extract.csv',
  config: { path: 'data/people.csv', columns: { age: { type: 'VARCHAR' } } },
}
const step = (type: string, from: string, config: TestNode['config'] = {}): TestNode => ({
  type: `transform.${type}`,
  inputs: { in: from },
  config,
})
const parquet = (from: string, name: string, mode = 'overwrite'): TestNode => ({
  type: 'load.parquet',
  inputs: { in: from },
  config: { path: `out/${name}.parquet`, mode },
})

type NodeEvent = Extract<RunEvent, { kind: 'node' }>

async function run(
  nodes: Record<string, TestNode>,
  more: { keep?: number; replay?: { nodeId: string; file: string }; runId?: string; project?: TemporaryProject } = {},
) {
  const { keep = 100_000, replay, runId = 'r1', project = own } = more
  const events: RunEvent[] = []
  const request = { ...pipeline(nodes), runId, rowCounts: 'exact' as const, keepRejects: { rows: keep }, replay }
  await runPipeline(project.project, request, (event) => events.push(event), never)
  const last: Record<string, NodeEvent> = {}
  for (const event of events) if (event.kind === 'node') last[event.nodeId] = event
  const end = events.at(-1)
  return { events, nodes: last, error: end?.kind === 'finished' ? end.error : undefined }
}
const rowsOf = async (file: string, query = '*') => {
  const path = literal(join(own.root, file))
  return own.project.session.lease(never, (lease) => lease.query(sql`SELECT ${raw(query)} FROM read_parquet(${path})`))
}

describe('the balance of rows', () => {
  test('is told of every node, and adds up where each row goes to one port', async () => {
    const { nodes, error } = await run({
      people,
      adults: step('filter', 'people', { condition: "age <> 'old'" }),
      young: step('filter', 'adults', { condition: 'CAST(age AS INTEGER) < 50' }),
      out: parquet('young', 'young'),
    })
    expect(error).toBeUndefined()
    expect(nodes.people?.rows).toEqual({ out: '100', reject: '0' })
    expect(nodes.adults?.balance).toEqual({
      in: { in: '100' },
      out: { match: '90', rest: '10' },
      rejected: {},
      balanced: true,
    })
    expect(nodes.young?.balance).toEqual({
      in: { in: '90' },
      out: { match: '45', rest: '45' },
      rejected: {},
      balanced: true,
    })
    expect(nodes.out?.balance).toEqual({ in: { in: '45' }, out: { in: '45' }, rejected: {}, balanced: true })
  })

  test('that does not add up fails the run as a fault of the application, with the counts', async () => {
    const { nodes, error } = await run(
      {
        people,
        adults: step('filter', 'people', { condition: 'id < 30' }),
        a: parquet('adults.match', 'a'),
        b: parquet('adults.rest', 'b'),
      },
      { project: faulty },
    )
    expect(error).toMatchObject({ code: 'run.unbalanced', kind: 'bug', nodeId: 'adults' })
    expect(error?.message).toBe('The rows of “adults” do not add up: 100 in in; 30 out match, 1 out rest.')
    expect(nodes.adults?.balance?.balanced).toBe(false)
  })

  test('counts what a limit keeps the query from reading by itself', async () => {
    const { nodes } = await run({
      people,
      some: step('filter', 'people', { condition: 'id < 60' }),
      few: step('limit', 'some', { rows: 5 }),
      out: parquet('few', 'few'),
    })
    expect(nodes.some?.rows).toEqual({ match: '60', rest: '40' })
    expect(nodes.few?.balance).toMatchObject({ in: { in: '60' }, out: { out: '5' } })
  })
})

describe('metrics', () => {
  test('say whose the time is where that is certain, and what was read and written', async () => {
    const { nodes } = await run({
      people,
      some: step('filter', 'people', { condition: 'id < 60' }),
      sum: step('aggregate', 'some', { group_by: ['name'], measures: [{ name: 'n', function: 'count' }] }),
      out: parquet('sum', 'sum'),
    })
    expect(nodes.people?.metrics?.bytesRead).toBe(readFileSync(join(own.root, 'data/people.csv')).length)
    expect(nodes.out?.metrics?.bytesWritten).toBe(readFileSync(join(own.root, 'out/sum.parquet')).length)
    for (const id of ['people', 'some', 'sum', 'out']) {
      expect(nodes[id]?.metrics?.milliseconds, id).toBeGreaterThan(0)
      expect(nodes[id]?.metrics?.cpuMilliseconds, id).toBeGreaterThanOrEqual(0)
    }
    expect(nodes.out?.metrics?.peakMemoryBytes).toBeGreaterThan(1e6)
    expect(nodes.out?.metrics?.spilledBytes).toBe(0)
  })
})

const casting = (type: string, mode = 'overwrite'): Record<string, TestNode> => ({
  people,
  check:
    type === 'cast'
      ? step('cast', 'people', { casts: [{ columns: ['age'], type: 'INTEGER' }], on_error: 'reject' })
      : type === 'select'
        ? step('select', 'people', {
            columns: [{ column: 'age', type: 'INTEGER' }],
            others: 'keep',
            on_error: 'reject',
          })
        : step('validate', 'people', { rules: [{ check: 'pattern', columns: ['age'], regex: '[0-9]+' }] }),
  named: step('formula', 'check', { formulas: [{ name: 'twice', expression: 'CAST(age AS INTEGER) * 2' }] }),
  out: parquet('named', type, mode),
})

describe('rejected rows', () => {
  test.each(['cast', 'select', 'validate'])(
    'of %s are kept with reason, and replayed once they are repaired',
    async (type) => {
      const nodes = casting(type)
      const first = await run(nodes, { runId: `first-${type}` })
      expect(first.error).toBeUndefined()
      const file = `.logidata/rejects/first-${type}/check.reject.parquet`
      expect(first.nodes.check?.rejects).toEqual({ reject: { rows: '10', kept: '10', file } })
      expect(first.nodes.check?.balance).toMatchObject({
        in: { in: '100' },
        rejected: { reject: '10' },
        balanced: true,
      })
      const { columns, rows } = await rowsOf(file)
      expect(columns.map(({ name }) => name).slice(0, 3)).toEqual(['id', 'age', 'name'])
      expect(columns.length).toBeGreaterThan(3)
      expect(rows).toHaveLength(10)

      // Nine are repaired.
      const target = literal(join(own.root, `repaired-${type}.parquet`))
      await own.project.session.lease(never, (lease) =>
        lease.execute(
          sql`COPY (SELECT * REPLACE (CASE WHEN id = 0 THEN age ELSE '7' END AS age) FROM read_parquet(${literal(join(own.root, file))})) TO ${target} (FORMAT parquet)`,
        ),
      )
      const again = await run(nodes, {
        runId: `again-${type}`,
        replay: { nodeId: 'check', file: `repaired-${type}.parquet` },
      })
      expect(again.error).toBeUndefined()
      expect(again.nodes.people).toBeUndefined()
      expect(again.nodes.check?.rejects?.reject).toMatchObject({ rows: '1', kept: '1' })
      expect((await rowsOf(`out/${type}.parquet`, 'count(*), count(DISTINCT id)')).rows).toEqual([['99', '99']])
      expect((await rowsOf(`out/${type}.parquet`, 'count(*) FILTER (twice = 14)')).rows).toEqual([['10']])
    },
  )

  test('of a file are kept with the file and the line that they come from', async () => {
    const { nodes, error } = await run(
      {
        broken: {
          type: 'extract.csv',
          config: { path: 'data/broken.csv', columns: { age: { type: 'INTEGER' } }, on_bad_row: 'reject' },
        },
        out: parquet('broken', 'broken'),
      },
      { runId: 'broken' },
    )
    expect(error).toBeUndefined()
    expect(nodes.broken?.rejects?.reject).toMatchObject({ rows: '2', kept: '2' })
    expect(nodes.broken?.balance).toMatchObject({ in: { rows: '4' }, out: { out: '2' }, rejected: { reject: '2' } })
    const { rows } = await rowsOf(nodes.broken?.rejects?.reject?.file ?? '', 'file, line')
    expect(rows.sort()).toEqual([
      ['data/broken.csv', '3'],
      ['data/broken.csv', '5'],
    ])
  })

  test('are counted whole and kept up to the limit; none are kept when none are wanted', async () => {
    const some = await run(casting('cast'), { keep: 3, runId: 'some' })
    expect(some.nodes.check?.rejects?.reject).toMatchObject({ rows: '10', kept: '3' })
    const none = await run(casting('cast'), { keep: 0, runId: 'none' })
    expect(none.nodes.check?.rejects?.reject).toEqual({ rows: '10', kept: '0' })
  })
})

describe('a replay', () => {
  const file = '.logidata/rejects/first-cast/check.reject.parquet'
  const replay = { nodeId: 'check', file }

  test('is refused where the rows could not simply be added, and says what to do', async () => {
    const { people: source, check, named, out } = casting('cast')
    if (!source || !check || !named || !out) throw new TypeError('nodes are missing')
    const above = { people: source, check }
    const sum = step('aggregate', 'check', { group_by: ['name'], measures: [{ name: 'n', function: 'count' }] })
    const refusals: [string, Record<string, TestNode>, string?][] = [
      ['replay.blocking', { ...above, sum, out: parquet('sum', 'no') }],
      [
        'replay.other-input',
        {
          ...above,
          all: { type: 'transform.union', inputs: { in_1: 'check', in_2: 'people' } },
          out: parquet('all', 'no'),
        },
      ],
      [
        'replay.cannot-append',
        { ...above, out: { type: 'load.xml', inputs: { in: 'check' }, config: { path: 'out/no.xml' } } },
      ],
      ['replay.source', { people: source, out: parquet('people', 'no') }, 'people'],
      ['replay.no-load', { ...above, other: parquet('people', 'no') }],
      ['reference.unknown-node', above, 'gone'],
    ]
    for (const [code, nodes, nodeId = 'check'] of refusals) {
      const { error } = await run(nodes, { replay: { nodeId, file } })
      expect(error?.code, JSON.stringify(error)).toBe(code)
    }
  })

  test('is refused for rows that lack columns, or have values that do not fit', async () => {
    await own.parquet('few.parquet', 'SELECT 1 AS id')
    const { error } = await run(casting('cast'), { replay: { ...replay, file: 'few.parquet' } })
    expect(error).toMatchObject({ code: 'replay.columns' })
    expect(error?.message).toContain('“age”, “name”')
  })
})
