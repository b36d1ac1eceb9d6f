import { arrowExtract } from '../extractors/arrow/implementation.ts'
import { csvExtract } from '../extractors/csv/implementation.ts'
import { duckdbExtract } from '../extractors/duckdb/implementation.ts'
import { jsonExtract } from '../extractors/json/implementation.ts'
import { ndjsonExtract } from '../extractors/ndjson/implementation.ts'
import { parquetExtract } from '../extractors/parquet/implementation.ts'
import { sqliteExtract } from '../extractors/sqlite/implementation.ts'
import { xmlExtract } from '../extractors/xml/implementation.ts'
import type { LoadModule, RelationModule } from '../kit/contract.ts'
import type { HostileTable } from '../kit/hostile.ts'
import { arrowLoad } from './arrow/implementation.ts'
import { csvLoad } from './csv/implementation.ts'
import { duckdbLoad } from './duckdb/implementation.ts'
import { jsonLoad } from './json/implementation.ts'
import { parquetLoad } from './parquet/implementation.ts'
import { sqliteLoad } from './sqlite/implementation.ts'
import { xmlLoad } from './xml/implementation.ts'

export interface Pair {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: each load has a config of its own.
  readonly load: LoadModule<any>
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly extract: RelationModule<any, any>
  readonly write: object
  readonly read: (table: HostileTable) => object
}

const typed = ({ columns }: HostileTable) => Object.fromEntries(columns.map(({ name, type }) => [name, { type }]))

/** What each format can write and read again, with the types given where the file does not hold them. */
export const PAIRS: readonly Pair[] = [
  {
    name: 'csv',
    load: csvLoad,
    extract: csvExtract,
    write: { path: 'a.csv', null_text: '\\N' },
    read: (table) => ({ path: 'a.csv', columns: typed(table), null_values: ['\\N'] }),
  },
  {
    name: 'json',
    load: jsonLoad,
    extract: jsonExtract,
    write: { path: 'a.json', format: 'array' },
    read: (table) => ({ path: 'a.json', columns: typed(table) }),
  },
  {
    name: 'ndjson',
    load: jsonLoad,
    extract: ndjsonExtract,
    write: { path: 'a.ndjson', format: 'ndjson' },
    read: (table) => ({ path: 'a.ndjson', columns: typed(table) }),
  },
  {
    name: 'parquet',
    load: parquetLoad,
    extract: parquetExtract,
    write: { path: 'a.parquet' },
    read: () => ({ path: 'a.parquet' }),
  },
  {
    name: 'arrow',
    load: arrowLoad,
    extract: arrowExtract,
    write: { path: 'a.arrow' },
    read: () => ({ path: 'a.arrow' }),
  },
  {
    name: 'duckdb',
    load: duckdbLoad,
    extract: duckdbExtract,
    write: { path: 'a.duckdb', table: 't' },
    read: () => ({ path: 'a.duckdb', table: 't' }),
  },
  {
    name: 'sqlite',
    load: sqliteLoad,
    extract: sqliteExtract,
    write: { path: 'a.sqlite', table: 't' },
    read: () => ({ path: 'a.sqlite', table: 't' }),
  },
  {
    name: 'xml',
    load: xmlLoad,
    extract: xmlExtract,
    write: { path: 'a.xml', nulls: 'nil' },
    read: (table) => ({ path: 'a.xml', columns: typed(table), trim: false, empty: 'text' }),
  },
]
