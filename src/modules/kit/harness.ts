import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { Cell, Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { InputRelation, ParameterValue, ProjectFiles, RelationModule } from './contract.ts'
import { type DuckDbSession, openDuckDbSession } from './duckdb-session.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from './sql.ts'

/** Values are what they look like: text is cast to the column's type, and what is not text is JSON. */
export interface TableLiteral {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly unknown[])[]
}

export interface PortResult {
  readonly columns: Column[]
  readonly rows: Cell[][]
}

// biome-ignore lint/suspicious/noExplicitAny: the harness runs modules of every config type.
export type AnyRelationModule = RelationModule<any, any>

export interface EvaluateOptions {
  readonly parameters?: ReadonlyMap<string, ParameterValue>
  readonly session?: DuckDbSession
  readonly files?: ProjectFiles
  /** The inputs come in pieces of so many rows, instead of as one. */
  readonly piece?: number
  /** As the engine says of files in columns. */
  readonly columnar?: boolean
}

let shared: Promise<DuckDbSession> | undefined
/** One DuckDB for all the tests of a file; it ends with the test process. */
export function sharedSession(): Promise<DuckDbSession> {
  shared ??= openDuckDbSession()
  return shared
}

/**
 * Runs a module as the engine does, on a real DuckDB: config parsed, prepared, compiled; every port bound and read.
 * @throws LogiDataError what the module or DuckDB refuses
 */
export async function evaluate(
  module: AnyRelationModule,
  config: unknown,
  inputs: Readonly<Record<string, TableLiteral>>,
  options: EvaluateOptions = {},
): Promise<Record<string, PortResult>> {
  const session = options.session ?? (await sharedSession())
  const parameters = options.parameters ?? new Map()
  const parsed = parseConfig(module, config)
  const facts = await module.prepare?.({
    nodeId: 'node',
    config: parsed,
    parameters,
    files: options.files ?? NO_FILES,
    session,
    signal: new AbortController().signal,
  })
  const tables: Sql[] = []
  try {
    const relations = new Map<string, InputRelation>()
    for (const [port, table] of Object.entries(inputs)) {
      const name = identifier(`${port}_${randomUUID()}`)
      tables.push(name)
      await session.execute(sql`CREATE TEMP TABLE ${name}(${positional(table)})`)
      if (table.rows.length > 0) await session.execute(sql`INSERT INTO ${name} ${valuesOf(table)}`)
      // Columns are renamed here: a table cannot have two that differ by case alone, but a query can.
      const source = options.piece ? inPieces(name, table, options.piece) : sql`${name} AS t(${namesOf(table)})`
      const { columnar = false } = options
      relations.set(port, { name: sql`(FROM ${source})`, columns: table.columns, ...(columnar ? { columnar } : {}) })
    }
    const ports = module.compile({
      nodeId: 'node',
      config: parsed,
      inputs: relations,
      parameters,
      facts: survivesJson(facts),
    })
    const results: Record<string, PortResult> = {}
    for (const [port, query] of Object.entries(ports)) results[port] = await session.query(query)
    return results
  } finally {
    for (const table of tables) await session.execute(sql`DROP TABLE IF EXISTS ${table}`)
  }
}

/** A table's own values, read back as cells: what an expectation is compared with. */
export async function cellsOf(table: TableLiteral, session: DuckDbSession): Promise<PortResult> {
  if (table.rows.length === 0) return { columns: [...table.columns], rows: [] }
  const { rows } = await session.query(valuesOf(table))
  return { columns: [...table.columns], rows }
}

function parseConfig(module: AnyRelationModule, config: unknown): z.output<z.ZodType> {
  const parsed = (module.descriptor.config as z.ZodType).safeParse(config)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = (issue?.path ?? []).filter((part) => typeof part !== 'symbol')
  throw userError('config.invalid', issue?.message ?? 'The config is not valid.', { field })
}

/** The same rows in the same order, in chunks of a few rows each and an empty one between them. */
function inPieces(name: Sql, table: TableLiteral, rows: number): Sql {
  const starts = Array.from({ length: Math.ceil(table.rows.length / rows) }, (_, index) => index * rows)
  const piece = (from: number, to: number) => sql`SELECT * FROM ${name} WHERE rowid >= ${from} AND rowid < ${to}`
  const pieces = starts.flatMap((start) => [piece(start, start), piece(start, start + rows)])
  return sql`(${joinSql([piece(0, 0), ...pieces], ' UNION ALL ')}) AS t(${namesOf(table)})`
}

const positional = (table: TableLiteral): Sql =>
  joinSql(table.columns.map((column, index) => raw(`c${index} ${column.type}`)))
const namesOf = (table: TableLiteral): Sql => joinSql(table.columns.map((column) => identifier(column.name)))

/** A query whose rows are those of the table, under names by position. */
export function valuesOf(table: TableLiteral): Sql {
  const rows = table.rows.map((row) => {
    const cells = table.columns.map((column, index) => typedValue(row[index], column.type))
    return sql`(${joinSql(cells)})`
  })
  return sql`SELECT * FROM (VALUES ${joinSql(rows)}) AS t(${joinSql(table.columns.map((_, index) => raw(`c${index}`)))})`
}

function typedValue(value: unknown, type: string): Sql {
  if (value === null || value === undefined) return raw(`CAST(NULL AS ${type})`)
  if (typeof value === 'object') return raw(`CAST(CAST(${literal(JSON.stringify(value)).text} AS JSON) AS ${type})`)
  return raw(`CAST(${literal(String(value)).text} AS ${type})`)
}

const survivesJson = (facts: unknown): unknown => (facts === undefined ? undefined : JSON.parse(JSON.stringify(facts)))

const NO_FILES: ProjectFiles = {
  staging: '',
  inputs: (path) => Promise.reject(userError('file.not-found', `There is no file ${path}.`)),
  output: (path) => Promise.reject(userError('file.outside-project', `${path} cannot be written here.`)),
}
