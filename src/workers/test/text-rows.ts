import { isNestedType } from '../../modules/kit/cells.ts'
import { readText } from '../../modules/kit/files/read-text.ts'
import { literal, raw, type Sql, sql } from '../../modules/kit/sql.ts'
import { formatType, parseType } from '../../modules/kit/types.ts'
import type { Cell, Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { Tables, WholeTable } from './tables.ts'

/** Where values stand, for messages. */
export interface TextSource {
  /** “given invoices”, “expect by_country”. */
  readonly what: string
}

/** DuckDB's own name of a type that a person wrote. @throws LogiDataError `test.type` */
export function typeNamed(text: string, { what }: TextSource): string {
  try {
    return formatType(parseType(text))
  } catch (cause) {
    throw userError('test.type', `${what}: there is no type “${text}”.`, {
      hint: 'Write a DuckDB type, such as BIGINT, DECIMAL(18,2), VARCHAR or DATE.',
      cause,
    })
  }
}

/** Rows of a test file as a typed table. @throws LogiDataError `test.bad-value` */
export async function tableOfRows(
  tables: Tables,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  source: TextSource,
): Promise<WholeTable> {
  const names = columns.map((_, index) => `c${index}`).join(', ')
  // A table of no rows still needs its columns: one row of NULLs that the filter drops.
  const given = rows.length > 0 ? rows : [columns.map(() => null)]
  const values = given.map((row) => `(${row.map((cell) => `CAST(${literal(cell).text} AS VARCHAR)`).join(', ')})`)
  const where = rows.length > 0 ? '' : ' WHERE FALSE'
  return typed(
    tables,
    raw(`SELECT ${names} FROM (VALUES ${values.join(', ')}) AS given(${names})${where}`),
    columns,
    source,
  )
}

/**
 * Rows of a file of the project. CSV is read as text, in the types of `columns`; Parquet has its own.
 * @param columns as the test declares them; of a CSV file without any, `typeOf` says what each column is
 * @throws LogiDataError `file.*`, `test.file`, `test.file-columns`, `test.bad-value`
 */
export async function tableOfFile(
  tables: Tables,
  path: string,
  columns: readonly { readonly name: string; readonly type?: string | undefined }[] | undefined,
  source: TextSource,
  typeOf: (column: string) => string | undefined,
): Promise<WholeTable> {
  const [file] = await tables.session.files.inputs(path)
  if (!file) throw userError('file.not-found', `${source.what}: there is no file ${path}.`)
  const name = literal(file.path).text
  const found = /\.(?:parquet|pq)$/i.test(path)
    ? `read_parquet(${name}, hive_partitioning = false)`
    : /\.csv$/i.test(path)
      ? `read_csv(${name}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, hive_partitioning = false)`
      : undefined
  if (found === undefined)
    throw userError('test.file', `${source.what}: ${path} is neither CSV nor Parquet.`, {
      hint: 'Name a file that ends in .csv or .parquet.',
    })
  const select = raw(`SELECT * FROM ${found}`)
  const own = (await tables.session.lease(tables.signal, (lease) => lease.query(raw(`${select.text} LIMIT 0`)))).columns
  const names = (list: readonly { name: string }[]) => list.map((column) => column.name).join(', ')
  if (columns && names(columns) !== names(own))
    throw userError('test.file-columns', `${source.what}: ${path} has the columns ${names(own)}.`, {
      hint: `The test names ${names(columns)}.`,
    })
  if (!found.startsWith('read_csv')) return tables.create(select, own)
  const wanted = own.map(({ name: column }, index) => {
    const type = columns?.[index]?.type ?? typeOf(column)
    return { name: column, type: type === undefined ? 'VARCHAR' : typeNamed(type, source) }
  })
  const positions = own.map((_, index) => `c${index}`).join(', ')
  return typed(tables, raw(`SELECT * FROM (${select.text}) AS file(${positions})`), wanted, source)
}

async function typed(tables: Tables, texts: Sql, columns: readonly Column[], source: TextSource): Promise<WholeTable> {
  const table = await tables.create(
    texts,
    columns.map(({ name }) => ({ name, type: 'VARCHAR' })),
  )
  const values = columns.map(({ type }, index) => valueIn(raw(`c${index}`), type))
  await refuseUnfit(tables, table, columns, values, source)
  const list = values.map((value, index) => `CAST(${value.text} AS ${columns[index]?.type ?? 'VARCHAR'})`).join(', ')
  return tables.create(raw(`SELECT ${list} FROM ${table.name}`), columns)
}

async function refuseUnfit(
  tables: Tables,
  table: WholeTable,
  columns: readonly Column[],
  values: readonly Sql[],
  { what }: TextSource,
): Promise<void> {
  const tests = values.map((value, index) => `(c${index} IS NOT NULL AND (${value.text}) IS NULL)`)
  const texts = columns.map((_, index) => `CASE WHEN ${tests[index]} THEN c${index} END`).join(', ')
  const query = `SELECT rowid + 1, ${texts} FROM ${table.name} WHERE ${tests.join(' OR ')} ORDER BY rowid LIMIT 1`
  const { rows } = await tables.session.lease(tables.signal, (lease) => lease.query(raw(query)))
  const [row, ...unfit] = rows[0] ?? []
  if (row === undefined) return
  const index = unfit.findIndex((cell) => cell !== null)
  const column = columns[index]
  throw userError(
    'test.bad-value',
    `${what}: row ${row}, column ${column?.name}: “${unfit[index]}” is not exactly a ${column?.type}.`,
    {
      hint: 'Correct the value, or choose another type.',
    },
  )
}

/** What a cell's text means in a type; NULL where it is no value of the type, or not exactly. The reverse of `cellText`. */
function valueIn(text: Sql, type: string): Sql {
  if (type === 'VARCHAR') return text
  if (type === 'JSON') return sql`CASE WHEN json_valid(${text}) THEN CAST(${text} AS JSON) END`
  if (isNestedType(type))
    return sql`TRY_CAST(CASE WHEN json_valid(${text}) THEN CAST(${text} AS JSON) END AS ${raw(type)})`
  if (type === 'DOUBLE' || type === 'FLOAT') return readText(sql`lower(trim(${text}))`, { type, leadingZeros: true })
  return readText(sql`trim(${text})`, { type, leadingZeros: true })
}
