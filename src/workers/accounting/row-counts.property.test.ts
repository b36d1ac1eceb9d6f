import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuse } from '../../engine/fuse.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import { moduleOf } from '../../modules/catalogue.ts'
import { sql } from '../../modules/kit/sql.ts'
import type { RunEvent } from '../../shared/engine/types.ts'
import { outputPortsOf } from '../../shared/modules/ports.ts'
import { runPipeline } from '../run/run-pipeline.ts'
import { scalar } from '../session.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ threads: 2 })
  const rows = `SELECT i AS id, i % 7 AS k, CASE WHEN i % 11 = 0 THEN NULL ELSE (i * 37) % 101 END AS n, 'x' || (i % 5) AS s,
    CASE WHEN i % 9 = 0 THEN 'none' ELSE '' || i END AS code FROM range(5000) t(i)`
  await own.parquet('data/rows.parquet', rows)
  await own.parquet('data/few.parquet', `SELECT i AS k, 'g' || i AS g FROM range(3) t(i)`)
  await own.project.session.define(`COPY (${rows}) TO '${own.root}/data/rows.csv' (HEADER)`)
})
afterAll(() => own.close())

const seen = { counted: 0 }

const KINDS = [
  'filter',
  'filter',
  'filter',
  'formula',
  'join',
  'union',
  'aggregate',
  'switch',
  'validate',
  'sort',
  'distinct',
  'limit',
  'top',
  'cast',
] as const
const CONDITIONS = [
  'n > 20',
  'n < 200',
  'k <> 3',
  "s = 'x1'",
  'n IS NOT NULL',
  'k > 1 AND n > 5',
  "lower(s) <> 'x2'",
  'id >= 0',
  'k > 100',
]
const step = fc.record({
  kind: fc.constantFrom(...KINDS),
  from: fc.nat(100),
  other: fc.nat(100),
  port: fc.nat(5),
  condition: fc.constantFrom(...CONDITIONS),
})

function nodeOf(
  { kind, condition }: { kind: (typeof KINDS)[number]; condition: string },
  from: string,
  other: string,
): TestNode {
  switch (kind) {
    case 'filter':
      return { type: 'transform.filter', inputs: { in: from }, config: { condition } }
    case 'formula':
      return {
        type: 'transform.formula',
        inputs: { in: from },
        config: { formulas: [{ name: 'n', expression: 'n + k' }] },
      }
    case 'join':
      return {
        type: 'transform.join',
        inputs: { left: from, right: 'few' },
        config: { keys: [{ left: 'k', right: 'k' }] },
      }
    case 'union':
      return { type: 'transform.union', inputs: { in_1: from, in_2: other } }
    case 'aggregate':
      return {
        type: 'transform.aggregate',
        inputs: { in: from },
        config: {
          group_by: ['k', 's', 'code'],
          measures: [
            { name: 'n', function: 'sum', column: 'n' },
            { name: 'id', function: 'min', column: 'id' },
          ],
        },
      }
    case 'switch':
      return {
        type: 'transform.switch',
        inputs: { in: from },
        config: {
          cases: [
            { port: 'low', condition: 'n < 30' },
            { port: 'odd', condition: 'k % 2 = 1' },
          ],
        },
      }
    case 'validate':
      return {
        type: 'transform.validate',
        inputs: { in: from },
        config: { rules: [{ check: 'not_null', columns: ['n'] }] },
      }
    case 'sort':
      return { type: 'transform.sort', inputs: { in: from }, config: { keys: [{ column: 'id', direction: 'desc' }] } }
    case 'distinct':
      return { type: 'transform.deduplicate', inputs: { in: from } }
    case 'limit':
      return { type: 'transform.limit', inputs: { in: from }, config: { rows: 1_000_000 } }
    case 'top':
      return { type: 'transform.top', inputs: { in: from }, config: { count: 25, by: 'id', rank_column: 'rank' } }
    case 'cast':
      return {
        type: 'transform.cast',
        inputs: { in: from },
        config: { casts: [{ columns: ['code'], type: 'INTEGER' }], on_error: 'reject' },
      }
  }
}

test('the rows of every port that a run tells are those that a query of that port gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('rows.csv', 'rows.parquet'),
      fc.boolean(),
      async (steps, source, twoLoads) => {
        const nodes: Record<string, TestNode> = {
          rows: {
            type: source.endsWith('csv') ? 'extract.csv' : 'extract.parquet',
            config: { path: `data/${source}` },
          },
          few: { type: 'extract.parquet', config: { path: 'data/few.parquet' } },
        }
        const ends = ['rows']
        const ports = (id: string): string[] => {
          const module = moduleOf(nodes[id]?.type ?? '')
          return module ? outputPortsOf(module.descriptor.outputs, nodes[id]?.config).map(({ name }) => name) : []
        }
        steps.forEach((one, index) => {
          const at = (number: number) => {
            const id = ends[Math.max(0, ends.length - 1 - (number % Math.min(3, ends.length)))] ?? 'rows'
            const list = id === 'rows' ? ['out'] : ports(id)
            return `${id}.${list[one.port % list.length] ?? list[0]}`
          }
          nodes[`n${index}`] = nodeOf(one, at(one.from), at(one.other))
          ends.push(`n${index}`)
        })
        const last = ends.at(-1) ?? 'rows'
        nodes.load = {
          type: 'load.parquet',
          inputs: { in: `${last}.${ports(last)[0]}` },
          config: { path: 'out/a.parquet' },
        }
        if (twoLoads && ends.length > 2) {
          const before = ends.at(-2) ?? 'rows'
          nodes.second = {
            type: 'load.csv',
            inputs: { in: `${before}.${ports(before)[0]}` },
            config: { path: 'out/b.csv' },
          }
        }
        const request = { ...pipeline(nodes), runId: 'r', only: undefined, rowCounts: 'exact' as const }
        const events: RunEvent[] = []
        await runPipeline(own.project, request, (event) => events.push(event), never)
        const end = events.at(-1)
        const problems = JSON.stringify(events.filter((event) => 'error' in event && event.error))
        // Ports of a join and of a sum have other columns than the next step expects.
        if (end?.kind === 'finished' && end.error?.kind === 'user') return
        expect(end?.kind === 'finished' && end.state, problems).toBe('succeeded')
        const typed = await own.project.analyser.pipeline(request, never)
        const told = new Map<string, string>()
        for (const event of events)
          if (event.kind === 'node')
            for (const [port, rows] of Object.entries(event.rows ?? {}))
              told.set(portKey({ nodeId: event.nodeId, port }), rows)
        for (const { id, module, outputs } of typed.nodes.values()) {
          if (module?.kind === 'load' || !events.some((event) => event.kind === 'node' && event.nodeId === id)) continue
          for (const port of outputs) {
            const ref = { nodeId: id, port }
            const rows = told.get(portKey(ref))
            // Left out where counting would have taken too long; never wrong.
            if (rows === undefined) continue
            seen.counted++
            const { select } = fuse(typed, [ref], { compiled: typed.compiled })
            const counted = await own.project.session.lease(never, (lease) =>
              scalar(lease, sql`SELECT count(*) FROM (${select})`.text),
            )
            expect(rows, `${portKey(ref)} of ${JSON.stringify(nodes)}`).toBe(counted)
          }
        }
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 60), ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) },
  )
  expect(seen.counted).toBeGreaterThan(100)
}, 300_000)
