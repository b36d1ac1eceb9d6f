import type { JsonValue } from '../../../src/shared/pipeline/document.ts'

type Config = Record<string, JsonValue>

/** A load, and the extract that reads what it writes. */
export interface Format {
  readonly load: string
  readonly extract: string
  readonly file: string
  readonly write: Config
  readonly read: Config
  /** Its documentation says so: blanks at the ends of values are padding. */
  readonly pads?: boolean
  /** Its documentation says so: names have fewer characters there. */
  readonly renames?: boolean
}

const WIDTHS: readonly (readonly [string, number])[] = [
  ['customer_id', 6],
  ['first_name', 20],
  ['last_name', 20],
  ['company', 60],
  ['city', 30],
  ['country', 20],
  ['email', 50],
]
const fields = WIDTHS.map(([name, width]) => ({ name, width }))

/** Every load and every extract of files, at least once. One of the catalogue that is missing here fails the suite. */
export const FORMATS: readonly Format[] = [
  { load: 'load.csv', extract: 'extract.csv', file: 'a.csv', write: {}, read: { header: 'yes' } },
  { load: 'load.excel', extract: 'extract.excel', file: 'a.xlsx', write: {}, read: {} },
  { load: 'load.json', extract: 'extract.json', file: 'a.json', write: { format: 'array' }, read: {} },
  { load: 'load.json', extract: 'extract.ndjson', file: 'a.ndjson', write: { format: 'ndjson' }, read: {} },
  { load: 'load.parquet', extract: 'extract.parquet', file: 'a.parquet', write: {}, read: {} },
  { load: 'load.arrow', extract: 'extract.arrow', file: 'a.arrow', write: {}, read: {} },
  { load: 'load.arrow', extract: 'extract.arrow', file: 'b.arrows', write: { format: 'stream' }, read: {} },
  {
    load: 'load.sqlite',
    extract: 'extract.sqlite',
    file: 'a.sqlite',
    write: { table: 'rows' },
    read: { table: 'rows' },
  },
  {
    load: 'load.duckdb',
    extract: 'extract.duckdb',
    file: 'a.duckdb',
    write: { table: 'rows' },
    read: { table: 'rows' },
  },
  {
    load: 'load.xml',
    extract: 'extract.xml',
    file: 'a.xml',
    write: { row: 'row' },
    read: { trim: false },
    pads: true,
    renames: true,
  },
  {
    load: 'load.fixed_width',
    extract: 'extract.fixed_width',
    file: 'a.txt',
    write: { fields },
    read: { fields },
    pads: true,
  },
  {
    load: 'load.text',
    extract: 'extract.text',
    file: 'b.txt',
    write: { template: '{first_name}|{last_name}|{email}' },
    read: { format: 'pattern', pattern: '^(?<first_name>[^|]*)\\|(?<last_name>[^|]*)\\|(?<email>.*)$' },
  },
]

/** What no load writes. */
export const HTML = `<!doctype html><table><tr><th>first_name<th>city</tr>
<tr><td>Lu&iacute;s<td>S&atilde;o Paulo</tr><tr><td>Leonie<td></tr></table>`
