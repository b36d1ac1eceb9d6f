import { BSON, ObjectId } from 'mongodb'
import { userError } from '../../../shared/errors.ts'
import type { Doc } from '../../connectors/mongodb/bson/parse-json.ts'
import type { LoadRequest } from '../../kit/contract.ts'
import { identifier, joinSql, sql } from '../../kit/sql.ts'
import type { MongodbLoadConfig } from './descriptor.ts'
import { toBson, Unfit } from './values.ts'

type Request = Pick<LoadRequest<MongodbLoadConfig>, 'config' | 'input' | 'session'>

const BATCH_ROWS = 1000
const BATCH_BYTES = 8 * 2 ** 20
/** The server's own limit. */
const MOST_BYTES = 16 * 2 ** 20

/** The input as documents, each with an `_id` of its own, in batches that a command holds. @throws LogiDataError naming row, column and value */
export async function* documentsOf({ config, input, session }: Request): AsyncGenerator<Doc[]> {
  const columns = input.columns.map(({ name, type }) => ({ name, convert: toBson(name, type, config) }))
  const hasId = columns.some(({ name }) => name === '_id')
  let batch: Doc[] = []
  let bytes = 0
  let row = 0
  for await (const rows of session.stream(sql`SELECT * FROM ${input.name}`)) {
    for (const cells of rows) {
      row++
      const doc: Doc = new Map()
      if (!hasId) doc.set('_id', new ObjectId())
      for (let index = 0; index < columns.length; index++) {
        const { name, convert } = columns[index] as (typeof columns)[number]
        const cell = cells[index] ?? null
        if (cell === null) {
          if (config.nulls === 'keep' || name === '_id') doc.set(name, null)
          continue
        }
        try {
          doc.set(name, convert(cell))
        } catch (thrown) {
          if (!(thrown instanceof Unfit)) throw thrown
          throw userError('load.value', `Row ${row}, column “${name}”: ${thrown.message}`, {
            hint: 'Mend the value before this step, or choose how such values are written. Nothing was changed.',
          })
        }
      }
      const size = sizeOf(doc, row)
      if (batch.length > 0 && bytes + size > BATCH_BYTES) {
        yield batch
        batch = []
        bytes = 0
      }
      batch.push(doc)
      bytes += size
      if (batch.length >= BATCH_ROWS) {
        yield batch
        batch = []
        bytes = 0
      }
    }
  }
  if (batch.length > 0) yield batch
}

function sizeOf(doc: Doc, row: number): number {
  let size: number
  try {
    size = BSON.calculateObjectSize(doc)
  } catch (cause) {
    throw userError('load.value', `Row ${row} cannot be written as a document.`, { cause })
  }
  if (size <= MOST_BYTES) return size
  throw userError(
    'load.value',
    `Row ${row} is a document of ${Math.ceil(size / 2 ** 20)} MB; the server takes 16 MB.`,
    {
      hint: 'Split its long values before this step. Nothing was changed.',
    },
  )
}

/** Refuses a key that is NULL or comes twice, before anything is written. @throws LogiDataError `load.key` */
export async function checkKey({ input, session }: Request, key: readonly string[]): Promise<void> {
  if (key.length === 0) return
  const names = joinSql(key.map(identifier))
  for (const name of key) {
    const { rows } = await session.query(
      sql`SELECT 1 FROM ${input.name} AS k WHERE ${identifier(name)} IS NULL LIMIT 1`,
    )
    if (rows.length > 0)
      throw userError('load.key', `A row has no value in the key (${key.join(', ')}): “${name}” is NULL.`, {
        field: ['key'],
        hint: 'Filter such rows before this step. Nothing was changed.',
      })
  }
  const { rows } = await session.query(
    sql`SELECT ${names}, count(*) FROM ${input.name} AS k GROUP BY ${names} HAVING count(*) > 1 ORDER BY ${names} LIMIT 1`,
  )
  const [twice] = rows
  if (twice)
    throw userError('load.key', `The key ${twice.slice(0, -1).join(', ')} comes ${twice.at(-1)} times.`, {
      field: ['key'],
      hint: 'Remove the duplicates before, or name more columns. Nothing was changed.',
    })
}
