import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import { mongodbTarget } from '../../faults/targets/documents.ts'
import { s3Target, sftpTarget } from '../../faults/targets/files.ts'
import { mysqlTarget, postgresTarget } from '../../faults/targets/tables.ts'
import type { LoadTarget } from '../../faults/targets/target.ts'
import { type ServiceName, service } from '../../services/services.ts'
import { webSystems } from './web-systems.ts'

type Settings = Readonly<Record<string, JsonValue>>
type Config = Readonly<Record<string, JsonValue>>
export type Case =
  | 'test: missing database'
  | 'test: wrong password'
  | 'discover: the tree'
  | 'load modes'
  | 'load: drift'
  | 'read: drift'

/** A system as the shared cases need it. */
export interface System {
  /** Of the connection. */
  readonly type: 'postgres' | 'mysql' | 'mongodb' | 's3' | 'sftp' | 'http'
  readonly extract: string
  readonly service: Exclude<ServiceName, 'sftp-password'>
  open(): Promise<LoadTarget | undefined>
  /** It holds files, whose format a step names. */
  readonly isFiles?: boolean
  /** Of extracting what a load put somewhere. */
  source(at: Readonly<Record<string, unknown>>): Config
  /** The same, of what is new only, by the column `id`. */
  news(at: Readonly<Record<string, unknown>>): Config
  /** Settings that lead elsewhere. */
  to(host: string, port: number): Settings
  /** Settings under which there is nothing to find. */
  readonly missing: Settings
  readonly wrongSecret: Readonly<Record<string, string>>
  /** The albums of Chinook: where they are, and the tree that leads to them. */
  readonly chinook: {
    readonly settings: () => Settings
    readonly config: Config
    /** Other ways to read the same rows, each by its name. */
    readonly ways?: Readonly<Record<string, Config>>
    readonly tree: readonly string[]
    /** How much of it is not asked for. */
    readonly treeFrom?: number
    readonly columns: readonly string[]
    readonly rows: number
  }
  /** A field that the columns did not have when they were decided: what the config needs for that, and how the run ends. */
  readonly newField?: { readonly config: Config; readonly code: string }
  /** Loads of these modes only are interrupted, and why. */
  readonly interrupted?: { readonly modes: readonly string[]; readonly why: string }
  /** What it has not, and why; printed as skipped. */
  readonly lacks: Partial<Record<Case, string>>
}

const same = (at: Readonly<Record<string, unknown>>) => ({ ...at }) as Config
const files = (at: Readonly<Record<string, unknown>>) => ({ path: `${String(at.path)}*.csv` })
const hostAndPort = (host: string, port: number) => ({ host, port })
const wholeFiles = 'files are written whole: there are no columns to differ from'
const anew = 'columns are asked for anew by each run'
const ALBUM = ['album_id INTEGER', 'title VARCHAR', 'artist_id INTEGER']

export const systems: readonly System[] = [
  {
    type: 'postgres',
    extract: 'extract.postgres',
    service: 'postgres',
    open: postgresTarget,
    source: same,
    news: (at) => ({ ...same(at), incremental: { column: 'id' } }),
    to: hostAndPort,
    missing: { database: 'nowhere' },
    wrongSecret: { password: 'not-it-7f3a' },
    chinook: {
      settings: () => ({}),
      config: { schema: 'public', table: 'album' },
      ways: { 'a query': { read: 'query', query: 'SELECT * FROM public.album' } },
      tree: ['public', 'album', 'album_id'],
      columns: ALBUM,
      rows: 347,
    },
    lacks: { 'read: drift': anew },
  },
  {
    type: 'mysql',
    extract: 'extract.mysql',
    service: 'mariadb',
    open: mysqlTarget,
    source: same,
    news: (at) => ({ ...same(at), incremental: { column: 'id' } }),
    to: hostAndPort,
    missing: { database: 'nowhere' },
    wrongSecret: { password: 'not-it-7f3a' },
    chinook: {
      settings: () => ({}),
      config: { table: 'Album' },
      ways: { 'a query': { query: 'SELECT * FROM Album' } },
      tree: ['chinook', 'Album', 'AlbumId'],
      columns: ['AlbumId INTEGER', 'Title VARCHAR', 'ArtistId INTEGER'],
      rows: 347,
    },
    lacks: { 'read: drift': anew },
  },
  {
    type: 'mongodb',
    extract: 'extract.mongodb',
    service: 'mongodb',
    open: mongodbTarget,
    source: same,
    news: (at) => ({ ...same(at), incremental: { field: 'id' } }),
    // Whoever has lost this server looks for another one for so long.
    to: (host, port) => ({ host, port, connect_timeout_seconds: 2 }),
    missing: {},
    wrongSecret: { password: 'not-it-7f3a' },
    chinook: {
      settings: () => ({ database: service('mongodb')?.database ?? '' }),
      config: { collection: 'album' },
      ways: { 'a pipeline': { collection: 'album', pipeline: '[{"$match": {}}]' } },
      // FerretDB looks into all of its databases before it lists them; src/modules/connectors/mongodb/connector.test.ts has that level.
      treeFrom: 1,
      tree: ['chinook', 'album', 'album_id'],
      columns: ['_id BIGINT', 'album_id BIGINT', 'title VARCHAR', 'artist_id BIGINT'],
      rows: 347,
    },
    interrupted: {
      modes: ['append', 'replace', 'upsert'],
      why: 'all come the same way into the same collection beside the target; FerretDB takes seconds for each',
    },
    newField: { config: { sample: 1, other_fields: 'fail' }, code: 'source.other-field' },
    lacks: {
      'test: missing database': 'a database comes to be with its first document',
      'load: drift': 'documents of one collection may differ',
    },
  },
  {
    type: 's3',
    extract: 'extract.s3',
    service: 'minio',
    open: s3Target,
    isFiles: true,
    source: files,
    news: (at) => ({ ...files(at), incremental: {} }),
    to: (host, port) => ({ endpoint: `http://${host}:${port}`, timeout_seconds: 5 }),
    missing: { bucket: 'nowhere-at-all' },
    wrongSecret: { secret_access_key: 'not-it-7f3a' },
    chinook: {
      settings: () => ({ bucket: service('minio')?.bucket ?? '' }),
      config: { path: 'parquet/album.parquet' },
      ways: { CSV: { path: 'csv/album.csv' }, JSON: { path: 'json/album.json' } },
      tree: ['parquet', 'album.parquet'],
      columns: ALBUM,
      rows: 347,
    },
    lacks: { 'load: drift': wholeFiles, 'read: drift': anew },
  },
  {
    type: 'sftp',
    extract: 'extract.sftp',
    service: 'sftp',
    open: sftpTarget,
    isFiles: true,
    source: files,
    news: (at) => ({ ...files(at), incremental: {} }),
    to: hostAndPort,
    missing: { folder: '/nowhere/at/all' },
    wrongSecret: {},
    chinook: {
      settings: () => ({}),
      config: { path: 'chinook/parquet/album.parquet' },
      ways: { CSV: { path: 'chinook/csv/album.csv' }, JSON: { path: 'chinook/json/album.json' } },
      tree: ['chinook', 'parquet', 'album.parquet'],
      columns: ALBUM,
      rows: 347,
    },
    lacks: {
      'test: wrong password': 'this server knows keys only; src/workers/sources/sftp.test.ts',
      'load: drift': wholeFiles,
      'read: drift': anew,
    },
  },
  ...webSystems,
]
