import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { z } from 'zod'
import type { RelationModule } from '../../../src/modules/kit/contract.ts'
import { evaluate, type PortResult, valuesOf } from '../../../src/modules/kit/harness.ts'
import { type Fixture, makeDatabase, tableOf } from '../../../src/modules/kit/run-fixtures.ts'
import { identifier, joinSql, raw, sql } from '../../../src/modules/kit/sql.ts'
import { takesInput } from '../../../src/shared/modules/ports.ts'
import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import { FORMAT } from '../../../src/shared/pipeline/document.ts'
import { readPipeline } from '../../../src/shared/pipeline/read-pipeline.ts'
import { writePipeline } from '../../../src/shared/pipeline/write-pipeline.ts'
import { type TestNode, temporaryProject } from '../../../src/workers/testing/temporary-project.ts'
import { type ModuleUnderTest, modulesUnderTest } from './catalogue.ts'
import { bag, type Declared, type Nodes, previewOf, runOf } from './engine.ts'

// Every fixture that gives rows, in three more ways than its own test: in pieces, in a preview and in a run.

/** All of a module's fixtures several times over: a busy machine needs longer than for one test. */
const PATIENT = { timeout: 180_000 }

const withFixtures = modulesUnderTest.filter(({ fixtures }) => fixtures.length > 0)
const succeeding = ({ fixtures }: ModuleUnderTest) =>
  fixtures.map(({ fixture }) => fixture).filter(({ expect: rows }) => rows)

describe.each(withFixtures.map((each) => [each.type, each] as const))('%s on its fixtures', (_, each) => {
  it('keeps every config as it is on its way through a file', () => {
    const schema = each.module.descriptor.config as z.ZodType
    for (const fixture of succeeding(each)) {
      const config = fixture.config as Record<string, JsonValue>
      const document = { format: FORMAT, name: 'One step', nodes: { node: { type: each.type, config } } } as const
      const text = writePipeline(document)
      const read = readPipeline(text)
      expect(read.problems, fixture.name).toEqual([])
      expect(schema.parse(read.document?.nodes.node?.config ?? {}), fixture.name).toEqual(schema.parse(config))
      expect(writePipeline(read.document ?? document), fixture.name).toBe(text)
    }
  })

  it('gives the same rows however its input is cut into pieces', PATIENT, async () => {
    for (const fixture of succeeding(each)) {
      const inputs = tablesOf(fixture)
      if (Object.keys(inputs).length === 0) continue
      const options = { parameters: new Map(Object.entries(fixture.parameters)) }
      const module = each.module as RelationModule
      const whole = await evaluate(module, fixture.config, inputs, options)
      for (const piece of [1, 2]) {
        const cut = await evaluate(module, fixture.config, inputs, { ...options, piece })
        const same = IN_DOUBLES.has(fixture.name) ? nearly : (rows: unknown) => rows
        expect(same(ordered(cut, fixture)), `${fixture.name}, ${piece} at a time`).toEqual(
          same(ordered(whole, fixture)),
        )
      }
    }
  })

  it('shows in a preview what a run leaves', PATIENT, async () => {
    const own = await temporaryProject()
    onTestFinished(() => own.close())
    const nodes: Nodes = {}
    const alone: { fixture: Fixture; nodes: Nodes }[] = []
    const ports: { port: string; fixture: Fixture }[] = []
    for (const [index, fixture] of succeeding(each).entries()) {
      // Its input is the outside of a pipeline, which is connected where that one is a step of another.
      if (each.type === 'extract.input' && Object.keys(fixture.inputs).length > 0) continue
      const made = nodesOf(each, fixture, `f${index}`)
      if (fixture.files || Object.keys(fixture.parameters).length > 0) alone.push({ fixture, nodes: made })
      else {
        Object.assign(nodes, made)
        for (const port of Object.keys(fixture.expect ?? {})) ports.push({ port: `f${index}_step.${port}`, fixture })
      }
    }
    await compare(own, nodes, ports)
    for (const { fixture, nodes: one } of alone) await compareAlone(each, fixture, one)
  })
})

/** Statistics that DuckDB computes in DOUBLEs: their documentation says that the last of 16 digits may be another. */
const IN_DOUBLES = new Set(['statistics of one and of two variables'])
const nearly = (rows: unknown): unknown =>
  JSON.parse(JSON.stringify(rows), (_, value) =>
    typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? Number(value).toPrecision(12) : value,
  )

type Project = Awaited<ReturnType<typeof temporaryProject>>

async function compare(
  own: Project,
  nodes: Nodes,
  ports: readonly { port: string; fixture: Fixture }[],
  declared: Declared = {},
) {
  if (ports.length === 0) return
  const ran = await runOf(
    own,
    nodes,
    ports.map(({ port }) => port),
    declared,
  )
  for (const { port, fixture } of ports) {
    const [nodeId = '', name = ''] = port.split('.')
    const shown = await previewOf(own, nodes, nodeId, name, declared)
    const rows = ran.get(port)
    expect(rows && bag(rows), `${fixture.name}: ${name}`).toEqual(bag(shown))
    const expected = fixture.expect?.[name]
    if (expected) expect(shown.rows.length, `${fixture.name}: rows of ${name}`).toBe(expected.rows.length)
  }
}

/** A fixture with files or parameters of its own, in a project of its own. */
async function compareAlone({ fixtureFolder }: ModuleUnderTest, fixture: Fixture, nodes: Nodes): Promise<void> {
  const own = await temporaryProject()
  try {
    for (const [path, content] of Object.entries(fixture.files ?? {})) {
      if (typeof content === 'string') own.write(path, content)
      else if ('copy' in content) own.write(path, readFileSync(new URL(content.copy, fixtureFolder)))
      else if ('parquet' in content) await own.parquet(path, content.parquet)
      else {
        own.write(path, '')
        await makeDatabase(join(own.root, path), content)
      }
    }
    const declared: Declared = {}
    for (const [name, { type, value }] of Object.entries(fixture.parameters)) declared[name] = { type, default: value }
    const [step = ''] = Object.keys(nodes).filter((name) => name.endsWith('_step'))
    const ports = Object.keys(fixture.expect ?? {}).map((port) => ({ port: `${step}.${port}`, fixture }))
    await compare(own, nodes, ports, declared)
  } finally {
    await own.close()
  }
}

/** Some fixtures give an input that may come several times a name that says more. */
function portOf({ module }: ModuleUnderTest, port: string): string {
  const declared = module.descriptor.inputs
  const [first] = declared
  if (!first?.many || declared.some((each) => takesInput(each, port))) return port
  return `${first.name}_${port === 'last' ? 9 : 1}`
}

const tablesOf = ({ inputs }: Fixture) =>
  Object.fromEntries(Object.entries(inputs).map(([port, table]) => [port, tableOf(table)]))

/** The tables of the fixture as queries, so that any type and any name can be an input, and the step. */
function nodesOf(each: ModuleUnderTest, fixture: Fixture, prefix: string): Nodes {
  const nodes: Nodes = {}
  const inputs: Record<string, string> = {}
  for (const [port, table] of Object.entries(tablesOf(fixture))) {
    const id = `${prefix}_in_${port}`
    const names = joinSql(table.columns.map(({ name }) => identifier(name)))
    const rows = table.rows.length > 0 ? table : { ...table, rows: [table.columns.map(() => null)] }
    const none = raw(table.rows.length > 0 ? '' : ' WHERE FALSE')
    nodes[id] = {
      type: 'transform.sql',
      config: { sql: sql`SELECT * FROM (${valuesOf(rows)}) AS t(${names})${none}`.text },
    }
    inputs[portOf(each, port)] = id
  }
  const step: TestNode = { type: each.type, config: fixture.config as Record<string, JsonValue>, inputs }
  return { ...nodes, [`${prefix}_step`]: step }
}

/** Rows in their order where the fixture speaks of it. */
function ordered(results: Record<string, PortResult>, fixture: Fixture) {
  return Object.entries(fixture.expect ?? {}).map(([port, { order }]) => {
    const result = results[port]
    if (!result) return undefined
    return order === 'any' ? bag(result) : result
  })
}
