import { randomBytes } from 'node:crypto'
import { BSON } from 'mongodb'
import { temporaryDatabase as temporaryDocuments } from '../../../src/modules/connectors/mongodb/testing.ts'
import { temporaryDatabase } from '../../../src/modules/connectors/mysql/temporary-database.ts'
import { connectionTo, temporarySchema } from '../../../src/modules/extractors/postgres/testing.ts'
import type { ResolvedConnection } from '../../../src/shared/connections/connection.ts'
import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import { requireService } from '../../services/services.ts'
import type { OwnType } from './own-types.ts'

type Config = Record<string, JsonValue>

/** What a server itself says of a column: its type, and its values as text that tells all of them apart. */
export interface Shown {
  readonly type: string
  readonly values: readonly (string | null)[]
}

/** A server with a place of its own for a test. */
export interface FidelityServer {
  readonly connection: ResolvedConnection
  /** Where, of an extract and of a load. */
  at(table: string): Config
  /** Of a load that makes its target. */
  readonly load: Config
  /** A table with the values in the column `v`, in their order by `k`, and NULL last. */
  create(table: string, own: OwnType): Promise<void>
  show(table: string, own: OwnType, copy?: 'copy'): Promise<Shown>
  close(): Promise<void>
}

export const SERVERS = { postgres, mysql, mongodb } as const
export type ServerType = keyof typeof SERVERS
export const newTable = (): string => `t${randomBytes(6).toString('hex')}`

async function postgres(): Promise<FidelityServer> {
  const server = requireService('postgres')
  const place = await temporarySchema(server)
  const { client, schema } = place
  await place.run(
    `CREATE TYPE mood AS ENUM ('sad', 'o,k "q"')`,
    'CREATE TYPE pair AS (a int, b text)',
    'CREATE DOMAIN price AS numeric(8,2) CHECK (VALUE >= 0)',
  )
  return {
    connection: connectionTo(server, { search_path: [schema, 'public'] }),
    at: (table) => ({ schema, table }),
    load: { mode: 'append' },
    async create(table, { type, values }) {
      await place.run(`CREATE TABLE ${table} (k int, v ${type})`)
      for (const [k, value] of [...values.entries(), [values.length, null] as const])
        await client.query(`INSERT INTO ${table} VALUES ($1, CAST($2::text AS ${type}))`, [String(k), value])
    },
    async show(table, { showCopy }, copy) {
      const type = await client.query(
        `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '${schema}.${table}'::regclass AND attname = 'v'`,
      )
      // Blanks at the end of a `character` are none of its value.
      const own = type.rows[0]?.[0]?.startsWith('character(') ? 'v::text' : 'v'
      const shown = copy && showCopy ? showCopy : own
      const { rows } = await client.query(`SELECT ${shown} FROM ${table} ORDER BY k`)
      return { type: type.rows[0]?.[0] ?? '', values: rows.map(([value]) => value ?? null) }
    },
    close: () => place.close(),
  }
}

async function mysql(): Promise<FidelityServer> {
  const own = await temporaryDatabase(requireService('mariadb'))
  const { client } = own
  return {
    connection: own.connection,
    at: (table) => ({ table }),
    load: { mode: 'append' },
    async create(table, { type, values }) {
      await client.execute(`CREATE TABLE ${table} (k int, v ${type})`)
      const rows = [...values, 'NULL'].map((value, k) => `(${k}, ${value})`)
      await client.execute(`INSERT INTO ${table} VALUES ${rows.join(', ')}`)
    },
    async show(table, { show = 'HEX(CAST(v AS CHAR))', showCopy = show }, copy) {
      const type = await client.query(
        `SELECT COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}' AND COLUMN_NAME = 'v'`,
      )
      const rows = await client.query(`SELECT ${copy ? showCopy : show} FROM ${table} ORDER BY k`)
      return { type: type[0]?.[0] ?? '', values: rows.map(([value]) => value ?? null) }
    },
    close: () => own.close(),
  }
}

async function mongodb(): Promise<FidelityServer> {
  const own = await temporaryDocuments(requireService('mongodb'))
  return {
    connection: own.connection,
    at: (collection) => ({ collection }),
    load: { mode: 'append' },
    async create(collection, { documents = [] }) {
      const all = [...documents, null].map((v, k) => ({ _id: k, k, v }))
      await own.db().collection<{ _id: number }>(collection).insertMany(all)
    },
    async show(collection) {
      const found = await own
        .db()
        .collection(collection)
        .find({}, { sort: { k: 1 }, promoteValues: false })
        .toArray()
      const values = found.map(({ v }) =>
        v === null || v === undefined ? null : BSON.EJSON.stringify(v, { relaxed: false }),
      )
      return { type: kindOf(values), values: values.map((value) => value && bare(value)) }
    },
    close: () => own.close(),
  }
}

/** The type of values in MongoDB's extended JSON. */
function kindOf(values: readonly (string | null)[]): string {
  const kinds = values.flatMap((value) => {
    if (value === null) return []
    const parsed: unknown = JSON.parse(value)
    if (Array.isArray(parsed)) return ['array']
    if (typeof parsed !== 'object' || parsed === null) return [typeof parsed]
    const [first] = Object.keys(parsed)
    return [
      first?.startsWith('$')
        ? first
            .slice(1)
            .replace(/^number/, '')
            .toLowerCase()
        : 'document',
    ]
  })
  return [...new Set(kinds)].join(' | ')
}

/** Without the marks of types, which `kindOf` tells: the number 7 and the text "7" look the same. */
function bare(value: string): string {
  const plain = JSON.parse(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null) return inner
    const [[mark, content] = []] = Object.entries(inner)
    return Object.keys(inner).length === 1 && /^\$(number|oid)/.test(mark ?? '') ? content : inner
  })
  return typeof plain === 'string' ? plain : JSON.stringify(plain)
}
