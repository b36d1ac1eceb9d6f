import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { portKey } from '../../engine/resolve-pipeline.ts'
import { exactCast } from '../../modules/kit/casts.ts'
import { publishFile } from '../../modules/kit/files/replace-target.ts'
import { removeTemporary, temporaryPath } from '../../modules/kit/files/temporary-names.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../modules/kit/sql.ts'
import { columnType } from '../../modules/kit/types.ts'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { RejectsPage, Repair } from '../../shared/runs/rejects.ts'
import type { AnalyseRequest } from '../analyse.ts'
import type { Project } from '../project.ts'
import { scalar } from '../session.ts'

export interface RejectsRequest extends AnalyseRequest {
  /** That turned the rows down. */
  readonly nodeId: string
  /** Which keeps them, relative to the project. */
  readonly file: string
}

/** A page of kept rows, in the order in which they were kept. @throws LogiDataError */
export async function readRejects(
  project: Project,
  request: RejectsRequest & { readonly limit: number; readonly offset: number },
  signal: AbortSignal,
): Promise<RejectsPage> {
  const source = await sourceOf(project, request.file)
  const editable = await columnsRead(project, request, signal)
  return project.session.lease(signal, async (lease) => {
    const page = raw(` LIMIT ${BigInt(request.limit)} OFFSET ${BigInt(request.offset)}`)
    const { columns, rows } = await lease.query(sql`SELECT * FROM ${source}${page}`)
    const total = Number((await scalar(lease, sql`SELECT count(*) FROM ${source}`.text)) ?? 0)
    const kept = new Set(columns.map(({ name }) => name))
    return { columns, rows, total, editable: editable.filter(({ name }) => kept.has(name)) }
  })
}

/**
 * Writes kept rows, repaired, as the node reads them: a Parquet file with the columns and types of its input.
 * @throws LogiDataError `rejects.unfit` for a value that is none of its column's type
 */
export async function repairRejects(
  project: Project,
  request: RejectsRequest & {
    readonly target: string
    readonly repairs: readonly Repair[]
    readonly exclude: readonly number[]
  },
  signal: AbortSignal,
): Promise<{ rows: number }> {
  const source = await sourceOf(project, request.file)
  const wanted = await columnsRead(project, request, signal)
  if (wanted.length === 0)
    throw userError('replay.source', `The rejected rows of “${request.nodeId}” cannot be read a second time.`, {
      nodeId: request.nodeId,
      hint: 'Correct the rows in the file itself, and run the pipeline again.',
    })
  const { columns: stored } = await project.session.lease(signal, (lease) =>
    lease.query(sql`SELECT * FROM ${source} LIMIT 0`),
  )
  const repaired = new Map<string, Repair[]>()
  for (const repair of request.repairs) {
    if (!wanted.some(({ name }) => name === repair.column))
      throw userError('rejects.column', `“${repair.column}” is not a column that “${request.nodeId}” reads.`, {
        nodeId: request.nodeId,
        hint: `It reads ${wanted.map(({ name }) => `“${name}”`).join(', ')}.`,
      })
    // The last word counts.
    const others = (repaired.get(repair.column) ?? []).filter(({ row }) => row !== repair.row)
    repaired.set(repair.column, [...others, repair])
  }
  for (const column of wanted) await requireFitting(project, column, repaired.get(column.name) ?? [], signal)

  const { path } = await project.session.files.output(request.target)
  await mkdir(dirname(path), { recursive: true })
  const temporary = temporaryPath(path, 'new')
  try {
    const select = repairedRows(source, stored, wanted, repaired, request.exclude)
    const { rowsChanged } = await project.session.lease(signal, (lease) =>
      lease.execute(sql`COPY (${select}) TO ${literal(temporary)} (FORMAT parquet, COMPRESSION zstd)`),
    )
    if (rowsChanged === 0n)
      throw userError('replay.nothing', 'There is no row to replay.', { hint: 'All rows are left out.' })
    await publishFile(temporary, path, true)
    return { rows: Number(rowsChanged) }
  } finally {
    await removeTemporary(temporary)
  }
}

/** Kept columns by position, since any name may be among them; `r` numbers the rows as pages do. */
function repairedRows(
  source: Sql,
  stored: readonly Column[],
  wanted: readonly Column[],
  repaired: ReadonlyMap<string, readonly Repair[]>,
  exclude: readonly number[],
): Sql {
  const names = stored.map((_, index) => raw(`c${index}`))
  const numbered = sql`(SELECT row_number() OVER () - 1, * FROM ${source}) AS k(r, ${joinSql(names)})`
  const joins: Sql[] = []
  const columns = wanted.map(({ name, type }) => {
    const index = stored.findIndex((column) => column.name === name)
    if (index < 0)
      throw userError('replay.columns', `The kept rows have no column “${name}”.`, {
        hint: 'The pipeline reads other columns now: run it again.',
      })
    const was = sql`k.${raw(`c${index}`)}`
    const repairs = repaired.get(name) ?? []
    if (repairs.length === 0) return sql`${was} AS ${identifier(name)}`
    const alias = raw(`f${index}`)
    joins.push(sql` LEFT JOIN ${valuesOf(repairs)} AS ${alias}(r, v) ON ${alias}.r = k.r`)
    // What Parquet has no type for is kept as text.
    const value = sql`CAST(CAST(${alias}.v AS ${raw(type)}) AS ${raw(stored[index]?.type ?? type)})`
    return sql`CASE WHEN ${alias}.r IS NULL THEN ${was} ELSE ${value} END AS ${identifier(name)}`
  })
  const without = exclude.length > 0 ? raw(` WHERE k.r NOT IN (${exclude.map(BigInt).join(', ')})`) : raw('')
  return sql`SELECT ${joinSql(columns)} FROM ${numbered}${joinSql(joins, '')}${without} ORDER BY k.r`
}

async function requireFitting(
  project: Project,
  { name, type }: Column,
  repairs: readonly Repair[],
  signal: AbortSignal,
): Promise<void> {
  if (repairs.length === 0) return
  const cast = exactCast(sql`v`, columnType('VARCHAR'), columnType(type))
  const query = sql`SELECT r, v FROM ${valuesOf(repairs)} AS f(r, v) WHERE v IS NOT NULL AND (${cast}) IS NULL ORDER BY r LIMIT 1`
  const { rows } = await project.session.lease(signal, (lease) => lease.query(query))
  const [row, value] = rows[0] ?? []
  if (row === undefined) return
  throw userError('rejects.unfit', `Row ${Number(row) + 1}, “${name}”: “${value}” is not a value of type ${type}.`, {
    field: [String(row), name],
    hint: 'Correct the value, empty it, or leave the row out.',
  })
}

const valuesOf = (repairs: readonly Repair[]): Sql =>
  sql`(VALUES ${joinSql(repairs.map(({ row, value }) => sql`(${raw(`${BigInt(row)}::BIGINT`)}, CAST(${literal(value)} AS VARCHAR))`))})`

async function sourceOf(project: Project, file: string): Promise<Sql> {
  const [found] = await project.session.files.inputs(file)
  if (!found) throw userError('file.not-found', `There is no file ${file}.`)
  return sql`read_parquet(${literal(found.path)})`
}

/** What the replayed node reads; nothing where it reads no other node, or what it reads is not known any more. */
async function columnsRead(project: Project, request: RejectsRequest, signal: AbortSignal): Promise<readonly Column[]> {
  const pipeline = await project.analyser.pipeline(request, signal, request.nodeId)
  const inputs = pipeline.nodes.get(request.nodeId)?.inputs
  const from = inputs?.get('in') ?? [...(inputs?.values() ?? [])][0]
  return (from && pipeline.columns.get(portKey(from))) ?? []
}
