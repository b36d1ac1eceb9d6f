import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { CompiledPorts, RelationModule } from '../../../src/modules/kit/contract.ts'
import { sharedSession, type TableLiteral, valuesOf } from '../../../src/modules/kit/harness.ts'
import { type Fixture, tableOf } from '../../../src/modules/kit/run-fixtures.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../../src/modules/kit/sql.ts'
import { markedRows, marksIn } from '../../../src/workers/sources/marked-rows.ts'
import { modulesUnderTest } from './catalogue.ts'

// What a source leaves out, since no plan reads it, changes nothing: each column of each port of every fixture, and how many
// rows there are, over inputs whose other columns are NULL.

const PATIENT = { timeout: 180_000 }

const transforms = modulesUnderTest.filter(
  ({ type, module, fixtures }) =>
    type.startsWith('transform.') &&
    module.kind === 'relation' &&
    module.prepare === undefined &&
    fixtures.some(({ fixture }) => fixture.expect),
)
let leftOut = 0

describe.each(transforms.map((each) => [each.type, each] as const))('%s', (_, { module, fixtures }) => {
  it('needs no column that its plan does not read', PATIENT, async () => {
    for (const { fixture } of fixtures) if (fixture.expect) await check(module as RelationModule, fixture)
  })
})

it('left columns out', () => {
  expect(leftOut).toBeGreaterThan(500)
})

const nameOf = (port: string): Sql => identifier(`rows$${port}`)

async function check(module: RelationModule, fixture: Fixture): Promise<void> {
  const tables = Object.entries(fixture.inputs).map(([port, table]): [string, TableLiteral] => [port, tableOf(table)])
  const ports = module.compile({
    nodeId: 'node',
    config: (module.descriptor.config as z.ZodType).parse(fixture.config) as never,
    inputs: new Map(tables.map(([port, { columns }]) => [port, { name: nameOf(port), columns }])),
    parameters: new Map(Object.entries(fixture.parameters)),
    facts: undefined,
  })
  for (const [port, body] of Object.entries(ports) as [keyof CompiledPorts & string, Sql][]) {
    const { columns = {} } = fixture.expect?.[port] ?? {}
    const names = Array.isArray(columns) ? columns.map(([name]) => String(name)) : Object.keys(columns)
    const wanted = [sql`count(*)`, ...[...new Set(names)].map((name) => identifier(name))]
    for (const what of wanted) await checkOne(tables, sql`SELECT ${what} FROM (${body})`, `${fixture.name}, ${port}`)
  }
}

/** @param query over the inputs by their names */
async function checkOne(tables: readonly (readonly [string, TableLiteral])[], query: Sql, name: string): Promise<void> {
  const session = await sharedSession()
  const over = (rows: (table: TableLiteral, index: number) => Sql): Sql =>
    tables.length === 0
      ? query
      : sql`WITH ${joinSql(tables.map(([port, table], index) => sql`${nameOf(port)} AS NOT MATERIALIZED (${rows(table, index)})`))} ${query}`
  const asking = sql`SELECT json_serialize_plan(${literal(over((table, index) => markedRows(table.columns, index)).text)}, skip_null := true, optimize := true)`
  const plan = String((await session.connection.runAndReadAll(asking.text)).getRows()[0]?.[0])
  // Some plans DuckDB cannot write down: then all columns are read.
  if (plan.startsWith('{"error":true,"error_type":"internal"')) return
  expect(plan, name).toMatch(/^\{"error":false/)
  const needed = marksIn(plan)
  const given = (table: TableLiteral, index: number, all: boolean): Sql => {
    const cells = table.columns.map(({ name: column, type }, place) =>
      all || needed.has(`${index}.${place}`)
        ? sql`${raw(`c${place}`)} AS ${identifier(column)}`
        : sql`CAST(NULL AS ${raw(type)}) AS ${identifier(column)}`,
    )
    const rows = table.rows.length > 0 ? valuesOf(table) : noRows(table)
    return sql`SELECT ${joinSql(cells)} FROM (${rows})`
  }
  const count = tables.reduce((sum, [, { columns }]) => sum + columns.length, 0)
  if (needed.size === count) return
  const read = async (all: boolean) =>
    (await session.query(over((table, index) => given(table, index, all)))).rows
      .map((row) => JSON.stringify(row))
      .sort()
  const [whole, again] = [await read(true), await read(true)]
  // By chance.
  if (whole.join() !== again.join()) return
  leftOut += count - needed.size
  expect(await read(false), `${name}: ${query.text}`).toEqual(whole)
}

const noRows = ({ columns }: TableLiteral): Sql =>
  sql`SELECT ${joinSql(columns.map(({ type }, place) => raw(`CAST(NULL AS ${type}) AS c${place}`)))} WHERE false`
