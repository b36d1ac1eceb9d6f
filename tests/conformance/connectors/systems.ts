import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import { mongodbTarget } from '../../faults/targets/documents.ts'
import { s3Target, sftpTarget } from '../../faults/targets/files.ts'
import { mysqlTarget, postgresTarget } from '../../faults/targets/tables.ts'
import type { LoadTarget } from '../../faults/targets/target.ts'
import { type ServiceName, service } from '../../services/services.ts'

type Settings = Readonly<Record<string, JsonValue>>
export type Case = 'test: missing database' | 'test: wrong password' | 'drift'

/** A system as the shared cases need it. */
export interface System {
  readonly type: 'postgres' | 'mysql' | 'mongodb' | 's3' | 'sftp'
  readonly service: ServiceName
  open(): Promise<LoadTarget | undefined>
  /** Of extracting what a load put somewhere. */
  source(at: Readonly<Record<string, unknown>>): Record<string, JsonValue>
  readonly incremental: JsonValue
  /** Settings that lead elsewhere. */
  to(host: string, port: number): Settings
  /** Settings under which there is nothing to find. */
  readonly missing: Settings
  readonly wrongSecret: Readonly<Record<string, string>>
  /** Chinook: where it is, and the tree that leads to it. */
  readonly chinook: {
    readonly settings: () => Settings
    readonly config: Record<string, JsonValue>
    readonly tree: readonly string[]
    /** How much of it is not asked for. */
    readonly treeFrom?: number
    readonly columns: readonly string[]
    readonly rows: number
  }
  /** What it has not, and why; printed as skipped. */
  readonly lacks: Partial<Record<Case, string>>
}

const same = (at: Readonly<Record<string, unknown>>) => ({ ...at }) as Record<string, JsonValue>
const files = (at: Readonly<Record<string, unknown>>) => ({ path: `${String(at.path)}*.csv` })
const hostAndPort = (host: string, port: number) => ({ host, port })
const noDrift = 'files are written whole: there are no columns to differ from'
const ALBUM = ['album_id INTEGER', 'title VARCHAR', 'artist_id INTEGER']

export const systems: readonly System[] = [
  {
    type: 'postgres',
    service: 'postgres',
    open: postgresTarget,
    source: same,
    incremental: { column: 'id' },
    to: hostAndPort,
    missing: { database: 'nowhere' },
    wrongSecret: { password: 'not-it-7f3a' },
    chinook: {
      settings: () => ({}),
      config: { schema: 'public', table: 'album' },
      tree: ['public', 'album', 'album_id'],
      columns: ALBUM,
      rows: 347,
    },
    lacks: {},
  },
  {
    type: 'mysql',
    service: 'mariadb',
    open: mysqlTarget,
    source: same,
    incremental: { column: 'id' },
    to: hostAndPort,
    missing: { database: 'nowhere' },
    wrongSecret: { password: 'not-it-7f3a' },
    chinook: {
      settings: () => ({}),
      config: { table: 'Album' },
      tree: ['chinook', 'Album', 'AlbumId'],
      columns: ['AlbumId INTEGER', 'Title VARCHAR', 'ArtistId INTEGER'],
      rows: 347,
    },
    lacks: {},
  },
  {
    type: 'mongodb',
    service: 'mongodb',
    open: mongodbTarget,
    source: same,
    incremental: { field: 'id' },
    to: hostAndPort,
    missing: {},
    wrongSecret: { password: 'not-it-7f3a' },
    chinook: {
      settings: () => ({ database: service('mongodb')?.database ?? '' }),
      config: { collection: 'album' },
      // FerretDB looks into all of its databases before it lists them; src/modules/connectors/mongodb/connector.test.ts has that level.
      treeFrom: 1,
      tree: ['chinook', 'album', 'album_id'],
      columns: ['_id BIGINT', 'album_id BIGINT', 'title VARCHAR', 'artist_id BIGINT'],
      rows: 347,
    },
    lacks: {
      'test: missing database': 'a database comes to be with its first document',
      drift: 'documents of one collection may differ',
    },
  },
  {
    type: 's3',
    service: 'minio',
    open: s3Target,
    source: files,
    incremental: {},
    to: (host, port) => ({ endpoint: `http://${host}:${port}`, timeout_seconds: 5 }),
    missing: { bucket: 'nowhere-at-all' },
    wrongSecret: { secret_access_key: 'not-it-7f3a' },
    chinook: {
      settings: () => ({ bucket: service('minio')?.bucket ?? '' }),
      config: { path: 'parquet/album.parquet' },
      tree: ['parquet', 'album.parquet'],
      columns: ALBUM,
      rows: 347,
    },
    lacks: { drift: noDrift },
  },
  {
    type: 'sftp',
    service: 'sftp',
    open: sftpTarget,
    source: files,
    incremental: {},
    to: hostAndPort,
    missing: { folder: '/nowhere/at/all' },
    wrongSecret: {},
    chinook: {
      settings: () => ({}),
      config: { path: 'chinook/parquet/album.parquet' },
      tree: ['chinook', 'parquet', 'album.parquet'],
      columns: ALBUM,
      rows: 347,
    },
    lacks: { 'test: wrong password': 'this server knows keys only; src/workers/sources/sftp.test.ts', drift: noDrift },
  },
]
