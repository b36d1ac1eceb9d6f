import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import Sqlite from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import { parameterTypeSchema } from '../../shared/pipeline/document.ts'
import { openDuckDbSession } from './duckdb-session.ts'
import { type FileLab, openFileLab } from './files/testing.ts'
import {
  type AnyRelationModule,
  cellsOf,
  type EvaluateOptions,
  evaluate,
  sharedSession,
  type TableLiteral,
} from './harness.ts'
import { raw, sql } from './sql.ts'

/** `columns` maps names to types, or lists pairs where a name comes twice. */
const tableSchema = z.strictObject({
  columns: z.union([z.record(z.string(), z.string()), z.array(z.tuple([z.string(), z.string()]))]),
  rows: z.array(z.array(z.unknown())).default([]),
})

const fixtureSchema = z.strictObject({
  /** A sentence about behaviour. */
  name: z.string(),
  config: z.unknown(),
  parameters: z.record(z.string(), z.strictObject({ type: parameterTypeSchema, value: z.string() })).default({}),
  inputs: z.record(z.string(), tableSchema).default({}),
  /** Files of the project, by path: their text, a query whose rows are a Parquet file, statements that make a database, or the name of a file beside the fixture. */
  files: z
    .record(
      z.string(),
      z.union([
        z.string(),
        z.strictObject({ parquet: z.string() }),
        z.strictObject({ sqlite: z.string() }),
        z.strictObject({ duckdb: z.array(z.string()) }),
        z.strictObject({ copy: z.string() }),
      ]),
    )
    .optional(),
  /** Per port. `any` leaves the order of rows open. Ports that are not named are not looked at. */
  expect: z.record(z.string(), tableSchema.extend({ order: z.enum(['exact', 'any']).default('exact') })).optional(),
  /** Some keys of the error. */
  error: z.record(z.string(), z.unknown()).optional(),
})

export type Fixture = z.output<typeof fixtureSchema>

/** Every document of every `*.fixture.yaml` in a folder. */
export function readFixtures(folder: URL): { readonly file: string; readonly fixture: Fixture }[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.fixture.yaml'))
  return files.sort().flatMap((file) =>
    parseAllDocuments(readFileSync(new URL(file, folder), 'utf8'), { intAsBigInt: true }).map((document) => {
      if ('errors' in document && document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`)
      const read = fixtureSchema.safeParse(plain(document.toJS()))
      if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`)
      return { file, fixture: read.data }
    }),
  )
}

/** Makes a test of every document of every `*.fixture.yaml` in a folder. */
export function runFixtures(
  module: AnyRelationModule,
  folder: URL,
  options: Pick<EvaluateOptions, 'columnar'> = {},
): void {
  describe(`${module.descriptor.type} on fixtures${options.columnar ? ', from files in columns' : ''}`, () => {
    const fixtures = readFixtures(folder)
    if (fixtures.length === 0) throw new Error(`no fixtures in ${folder.pathname}`)
    for (const { file, fixture } of fixtures) runFixture(module, file, fixture, folder, options)
  })
}

function runFixture(
  module: AnyRelationModule,
  file: string,
  fixture: Fixture,
  folder: URL,
  options: EvaluateOptions,
): void {
  it(`${fixture.name} (${file.replace('.fixture.yaml', '')})`, async () => {
    const inputs = Object.fromEntries(Object.entries(fixture.inputs).map(([port, table]) => [port, tableOf(table)]))
    const lab = fixture.files ? await labWith(fixture.files, folder) : undefined
    if (lab) onTestFinished(() => lab.close())
    const running = evaluate(module, fixture.config, inputs, {
      ...options,
      parameters: new Map(Object.entries(fixture.parameters)),
      ...(lab ? { files: lab.files, session: lab.session } : {}),
    })
    if (fixture.error) {
      const info = await running.then(() => undefined, toErrorInfo)
      expect(info).toMatchObject(fixture.error)
      return
    }
    const results = await running
    for (const [port, expectation] of Object.entries(fixture.expect ?? {})) {
      const expected = await cellsOf(tableOf(expectation), await sharedSession())
      const actual = results[port]
      expect(actual?.columns, port).toEqual(expected.columns)
      if (expectation.order === 'any') expect(sorted(actual?.rows), port).toEqual(sorted(expected.rows))
      else expect(actual?.rows, port).toEqual(expected.rows)
    }
  })
}

/** Makes the database file that a fixture describes. */
export async function makeDatabase(
  path: string,
  content: { readonly sqlite: string } | { readonly duckdb: readonly string[] },
): Promise<void> {
  await rm(path, { force: true })
  if ('sqlite' in content) {
    const database = new Sqlite(path)
    database.exec(content.sqlite)
    database.close()
    return
  }
  const session = await openDuckDbSession()
  try {
    await session.execute(sql`ATTACH ${path} AS made`)
    for (const statement of content.duckdb) await session.execute(raw(statement))
    await session.execute(raw('DETACH made'))
  } finally {
    session.close()
  }
}

async function labWith(files: NonNullable<z.output<typeof fixtureSchema>['files']>, folder: URL): Promise<FileLab> {
  const lab = await openFileLab()
  for (const [path, content] of Object.entries(files)) {
    const bytes =
      typeof content === 'string' ? content : 'copy' in content ? readFileSync(new URL(content.copy, folder)) : ''
    const full = await lab.write(path, bytes)
    if (typeof content !== 'string' && 'parquet' in content)
      await lab.session.execute(sql`COPY (${raw(content.parquet)}) TO ${full} (FORMAT parquet)`)
    if (typeof content !== 'string' && ('sqlite' in content || 'duckdb' in content)) await makeDatabase(full, content)
  }
  return lab
}

const sorted = (rows: readonly unknown[] | undefined) => rows?.map((row) => JSON.stringify(row)).sort()

/** As the harness wants it. */
export function tableOf(table: z.output<typeof tableSchema>): TableLiteral {
  const pairs = Array.isArray(table.columns) ? table.columns : Object.entries(table.columns)
  const columns: Column[] = pairs.map(([name, type]) => ({ name, type }))
  return { columns, rows: table.rows }
}

/** Whole numbers beyond 2^53 stay exact as text; configs get plain numbers. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  return value
}
