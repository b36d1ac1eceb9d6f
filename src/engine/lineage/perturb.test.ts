import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { modules } from '../../modules/catalogue.ts'
import type { InputRelation, ParameterValue, RelationModule } from '../../modules/kit/contract.ts'
import { sharedSession } from '../../modules/kit/harness.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../modules/kit/sql.ts'
import type { Column } from '../../shared/engine/types.ts'
import type { PortLineage } from '../../shared/lineage/types.ts'
import { type InputTable, portLineage } from './port-lineage.ts'

// The truth about lineage: change the values of one input column, and see which output columns change. Every one that does must
// be in the lineage of that column. What the lineage has beyond that is counted: it may be right, since a few rows do not show all.

interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly unknown[])[]
}
interface Fixture {
  readonly name: string
  readonly config: unknown
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly inputs: ReadonlyMap<string, Table>
}
type Tables = ReadonlyMap<string, { readonly name: string; readonly columns: readonly Column[]; readonly rows: number }>

/** For each module; `LINEAGE_TEST_SECONDS=600` tries every change of every fixture. */
const SECONDS = Number(process.env.LINEAGE_TEST_SECONDS ?? 2)

const tally = { modules: 0, ports: 0, unknown: [] as string[], changes: 0, claimed: 0, seen: 0, refused: 0 }
const superfluous = new Map<string, number>()

const relations = modules.filter(
  (module): module is RelationModule => module.kind === 'relation' && module.descriptor.inputs.length > 0,
)

describe('lineage against the truth', () => {
  for (const module of relations) {
    const fixtures = fixturesOf(module)
    if (fixtures.length === 0) continue
    it(`${module.descriptor.type}: every column that changes is in the lineage of what was changed`, async () => {
      tally.modules++
      const end = performance.now() + SECONDS * 1000
      for (const fixture of fixtures) if (performance.now() < end) await check(module, fixture)
    }, 1_200_000)
  }
  afterAll(() => {
    const share = (100 * tally.seen) / tally.claimed
    const most = [...superfluous].sort((a, b) => b[1] - a[1]).slice(0, 12)
    console.log(
      `${tally.modules} modules, ${tally.ports} ports, ${tally.changes} changes; ${tally.claimed} dependencies claimed, ${tally.seen} seen (${share.toFixed(1)} %); unknown: ${tally.unknown.join(', ') || 'none'}; not seen: ${most.map(([type, count]) => `${type} ${count}`).join(', ')}`,
    )
    expect(tally.unknown).toEqual([])
  })
})

async function check(module: RelationModule, fixture: Fixture): Promise<void> {
  const { type } = module.descriptor
  const session = await sharedSession()
  const parsed = module.descriptor.config.safeParse(fixture.config)
  if (!parsed.success) return
  const made: string[] = []
  try {
    const tables = new Map<string, { name: string; columns: readonly Column[]; rows: number }>()
    for (const [port, table] of fixture.inputs) {
      const name = `lineage_${++tableNumber}`
      await session.execute(sql`CREATE TEMP TABLE ${identifier(name)} AS ${valuesOf(table)}`)
      made.push(name)
      tables.set(port, { name, columns: table.columns, rows: table.rows.length })
    }
    const bodies = await compiled(module, parsed.data, fixture, tables)
    if (!bodies) return
    const before = new Map<string, Values>()
    const lineage = new Map<string, PortLineage>()
    const claims = new Map<string, boolean>()
    for (const [port, body] of bodies) {
      const values = await valuesByColumn(body)
      if (!values || !same(values, await valuesByColumn(body))) continue
      const found = await lineageOf(body, tables)
      tally.ports++
      if ('unknown' in found) {
        tally.unknown.push(`${found.unknown}: ${type} (${port}: ${fixture.name})`)
        continue
      }
      before.set(port, values)
      lineage.set(port, found)
      for (const [inputPort, input] of tables)
        for (const { name } of input.columns)
          for (const [index, column] of found.columns.entries())
            if (input.rows > 0 && values.length > 0 && depends(found, column.name, inputPort, name))
              claims.set(JSON.stringify([port, index, inputPort, name]), false)
    }
    for (const [inputPort, input] of tables) {
      for (const [place, column] of input.columns.entries()) {
        for (const change of changesOf(column, place, input.rows)) {
          const changed = `${input.name}_changed`
          const created = await session
            .execute(
              sql`CREATE OR REPLACE TEMP TABLE ${identifier(changed)} AS SELECT ${joinSql(input.columns.map((_, at) => (at === place ? sql`${change(input.name)} AS ${raw(`c${at}`)}` : raw(`c${at}`))))} FROM ${identifier(input.name)} ORDER BY rowid`,
            )
            .catch(() => undefined)
          if (!created) continue
          made.push(changed)
          const instead = new Map(tables).set(inputPort, { ...input, name: changed })
          const again = await compiled(module, parsed.data, fixture, instead)
          for (const [port, found] of lineage) {
            const body = again?.get(port)
            const values = body && (await valuesByColumn(body))
            const old = before.get(port)
            if (!values || !old) {
              tally.refused++
              continue
            }
            tally.changes++
            const free: number[] = []
            for (const [index, one] of values.entries()) {
              const claim = JSON.stringify([port, index, inputPort, column.name])
              if (!claims.has(claim)) free.push(index)
              else if (!same([one], [old[index] ?? []])) claims.set(claim, true)
            }
            if (free.length > 0 && bag(values, free) !== bag(old, free))
              throw new Error(
                `${fixture.name}: ${port} changes with “${column.name}” of ${inputPort}, and its lineage does not say so:\n${JSON.stringify(found)}\n${body.text}`,
              )
          }
        }
      }
    }
    tally.claimed += claims.size
    for (const seen of claims.values()) {
      if (seen) tally.seen++
      else superfluous.set(type, (superfluous.get(type) ?? 0) + 1)
    }
  } finally {
    for (const name of new Set(made)) await session.execute(sql`DROP TABLE IF EXISTS ${identifier(name)}`)
  }
}

let tableNumber = 0

const depends = (lineage: PortLineage, output: string, port: string, column: string): boolean =>
  [...lineage.rows, ...(lineage.from[output] ?? [])].some((one) => one.port === port && one.column === column)

async function compiled(
  module: RelationModule,
  config: unknown,
  fixture: Fixture,
  tables: Tables,
): Promise<ReadonlyMap<string, Sql> | undefined> {
  const inputs = new Map<string, InputRelation>()
  for (const [port, { name, columns }] of tables) {
    const names = joinSql(columns.map((column) => identifier(column.name)))
    inputs.set(port, { name: sql`(FROM ${identifier(name)} AS t(${names}))`, columns, source: port })
  }
  try {
    const facts = undefined
    const request = { nodeId: 'node', config: config as never, inputs, parameters: fixture.parameters, facts }
    return new Map(Object.entries(module.compile(request)))
  } catch {
    return undefined
  }
}

async function lineageOf(body: Sql, tables: Tables): Promise<ReturnType<typeof portLineage>> {
  const session = await sharedSession()
  const columns = await session.describe(body)
  const plans = await session.connection.runAndReadAll(
    `SELECT json_serialize_plan(${literal(body.text).text}, skip_null := true)`,
  )
  const inputs = [...tables].map(([port, table]): [string, InputTable] => [
    table.name,
    { port, columns: table.columns },
  ])
  return portLineage({
    plan: String(plans.getRows()[0]?.[0]),
    columns,
    tables: new Map(inputs),
    placeOf: (_, column) => Number(column.slice(1)),
  })
}

/** All values of each column, in order; undefined where DuckDB refuses. */
async function valuesByColumn(body: Sql): Promise<Values | undefined> {
  const session = await sharedSession()
  try {
    const reader = await session.connection.runAndReadAll(body.text)
    const columns: unknown[][] = reader.getColumnsJson()
    return reader.columnNames().map((_, index) => (columns[index] ?? []).map((value) => JSON.stringify(value)))
  } catch {
    return undefined
  }
}

type Values = readonly (readonly string[])[]

const same = (a: Values, b: Values | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The rows of some columns as a bag: SQL promises no order where none is asked for. */
const bag = (values: Values, columns: readonly number[]): string =>
  (values[0] ?? [])
    .map((_, row) => JSON.stringify(columns.map((column) => values[column]?.[row])))
    .sort()
    .join()

type Change = (table: string) => Sql

/** Ways to change a column: its values among the rows, all of them, one of them, none left. */
function changesOf({ type }: Column, place: number, rows: number): Change[] {
  const column = raw(`c${place}`)
  const own = otherValues(type, column)
  const turned =
    (by: number): Change =>
    (table) =>
      sql`(SELECT list(${column} ORDER BY rowid) FROM ${identifier(table)})[((rowid + ${by}) % ${rows} + 1)::BIGINT]`
  const changes: Change[] = rows > 1 ? [turned(1), turned(rows - 1)] : []
  for (const one of own) changes.push(() => one)
  for (let row = 0; row < Math.min(rows, 3); row++) {
    changes.push(() => raw(`CASE WHEN rowid = ${row} THEN CAST(NULL AS ${type}) ELSE ${column.text} END`))
    for (const one of own.slice(0, 1))
      changes.push(() => raw(`CASE WHEN rowid = ${row} THEN ${one.text} ELSE ${column.text} END`))
    if (rows > 1)
      changes.push((table) => raw(`CASE WHEN rowid = ${row} THEN ${turned(1)(table).text} ELSE ${column.text} END`))
  }
  return changes
}

function otherValues(type: string, column: Sql): Sql[] {
  const typed = (text: string): Sql => raw(`CAST(${text} AS ${type})`)
  const name = column.text
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|UINTEGER|DECIMAL|DOUBLE|FLOAT)/.test(type))
    return [typed(`coalesce(${name}, 0) + 1`), typed(`-${name}`), typed(`coalesce(${name}, 0) * 3 + 2`)]
  if (type === 'VARCHAR')
    return [
      raw(`coalesce(${name}, '') || 'x'`),
      raw(`reverse(${name})`),
      raw(`'7'`),
      raw(`'2024-02-03'`),
      raw(`upper(${name})`),
    ]
  if (type === 'BOOLEAN') return [raw(`NOT coalesce(${name}, FALSE)`)]
  if (/^(DATE|TIMESTAMP)/.test(type)) return [typed(`${name} + INTERVAL 1 DAY`), typed(`${name} + INTERVAL 400 DAY`)]
  return []
}

function valuesOf({ columns, rows }: Table): Sql {
  const shown = rows.map((row) => {
    const cells = columns.map(({ type }, index) => typedValue(row[index], type))
    return sql`(${joinSql(cells)})`
  })
  const names = joinSql(columns.map((_, index) => raw(`c${index}`)))
  if (rows.length > 0) return sql`SELECT * FROM (VALUES ${joinSql(shown)}) AS t(${names})`
  return sql`SELECT ${joinSql(columns.map(({ type }, index) => raw(`CAST(NULL AS ${type}) AS c${index}`)))} LIMIT 0`
}

function typedValue(value: unknown, type: string): Sql {
  if (value === null || value === undefined) return raw(`CAST(NULL AS ${type})`)
  const text =
    typeof value === 'object' ? `CAST(${literal(JSON.stringify(value)).text} AS JSON)` : literal(String(value)).text
  return raw(`CAST(${text} AS ${type})`)
}

function fixturesOf(module: RelationModule): Fixture[] {
  const name = module.descriptor.type.replace('transform.', '').replaceAll('_', '-')
  const folder = new URL(`../../modules/transformers/${name}/fixtures/`, import.meta.url)
  if (!existsSync(folder)) return []
  const found: Fixture[] = []
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.fixture.yaml'))) {
    for (const document of parseAllDocuments(readFileSync(new URL(file, folder), 'utf8'))) {
      if (!('toJS' in document)) continue
      const content = document.toJS() as {
        name: string
        config: unknown
        error?: unknown
        files?: unknown
        parameters?: Record<string, ParameterValue>
        inputs?: Record<string, { columns: Record<string, string> | [string, string][]; rows?: unknown[][] }>
      }
      if (content.error !== undefined || content.files !== undefined || !content.inputs) continue
      const inputs = Object.entries(content.inputs).map(([port, table]): [string, Table] => {
        const pairs = Array.isArray(table.columns) ? table.columns : Object.entries(table.columns)
        return [port, { columns: pairs.map(([column, type]) => ({ name: column, type })), rows: table.rows ?? [] }]
      })
      found.push({
        name: content.name,
        config: content.config,
        parameters: new Map(Object.entries(content.parameters ?? {})),
        inputs: new Map(inputs),
      })
    }
  }
  return found
}
