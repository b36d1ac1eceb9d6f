import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import type { TestNode } from '../../../src/workers/testing/temporary-project.ts'

type Config = Record<string, JsonValue>
const csv = (path: string): TestNode => ({ type: 'extract.csv', config: { path } })

/** The data of the sample project, as people have them: names with accents, gaps, decimals, dates of several years. */
export const SOURCES: Readonly<Record<string, TestNode>> = {
  customers: csv('data/music/customers.csv'),
  invoices: csv('data/music/invoices-2021-2024.csv'),
  lines: csv('data/music/invoice-lines.csv'),
  days: csv('data/weather/daily.csv'),
  capitals: { type: 'extract.json', config: { path: 'data/wildlife/us-state-capitals.json' } },
  tracks: { type: 'extract.ndjson', config: { path: 'data/music/catalogue.ndjson' } },
  normals: { type: 'extract.parquet', config: { path: 'data/weather/seattle-hourly-normals.parquet' } },
}

export interface RealCase {
  /** Input port -> one of the sources. */
  readonly inputs: Readonly<Record<string, string>>
  readonly config: Config
  /** Steps between the source and the step, where the data as they are do not serve. */
  readonly before?: readonly { readonly type: string; readonly config: Config }[]
}

const on = (source: string, config: Config, before: RealCase['before'] = []): RealCase => ({
  inputs: { in: source },
  config,
  before,
})
const both = (left: string, right: string, config: Config): RealCase => ({ inputs: { left, right }, config })

/** A use of every step on data that nobody made for it. A step of the catalogue that is missing here fails the suite. */
export const REAL: Readonly<Record<string, RealCase>> = {
  'transform.clean': on('customers', {
    steps: [
      { operation: 'trim', kinds: ['text'] },
      { operation: 'empty_to_null', columns: ['company'] },
      { operation: 'case', columns: ['country'], case: 'upper' },
      { operation: 'email', columns: ['email'] },
    ],
    on_error: 'reject',
  }),
  'transform.cast': on('invoices', { casts: [{ columns: ['total'], type: 'INTEGER' }], on_error: 'reject' }),
  'transform.fill': on('days', {
    fills: [
      { columns: ['wind'], method: 'median' },
      { columns: ['temp_max'], method: 'linear' },
    ],
    group_by: ['location'],
    order: [{ column: 'date' }],
  }),
  'transform.rename': on('customers', { rules: [{ operation: 'case', case: 'pascal' }] }),
  'transform.header': on('customers', {
    names: [
      { column: 'first_name', name: 'Luís' },
      { column: 'city', name: 'São José dos Campos' },
    ],
  }),
  'transform.replace': on('customers', { rules: [{ kinds: ['text'], find: 's', replace: '$', where: 'end' }] }),
  'transform.map_values': on('days', {
    columns: ['weather'],
    mapping: [{ from: 'drizzle', to: 'rain' }],
    others: 'keep',
  }),
  'transform.split': on('customers', {
    column: 'email',
    delimiters: ['@', '.'],
    count: 2,
    count_from: 'end',
    keep_original: true,
  }),
  'transform.merge': on('customers', { columns: ['first_name', 'last_name', 'company'], name: 'who' }),
  'transform.extract': on('customers', { column: 'email', pattern: '@(?<domain>[^.]+)\\.' }),
  'transform.mask': on('customers', {
    masks: [
      { columns: ['email'], method: 'hash' },
      { columns: ['last_name'], method: 'partial', first: 1, last: 0 },
    ],
    key: 'a key for tests, and for nothing else',
  }),
  'transform.formula': on('lines', { formulas: [{ name: 'amount', expression: 'unit_price * quantity' }] }),
  'transform.condition': on('invoices', {
    name: 'size',
    rules: [{ when: [{ column: 'total', operator: 'greater', value: 10 }], value: 'large' }],
    otherwise: { result: 'value', value: 'small' },
  }),
  'transform.window': on('invoices', {
    group_by: ['billing_country'],
    order: [{ column: 'invoice_date' }, { column: 'invoice_id' }],
    measures: [
      { name: 'so_far', function: 'running_total', column: 'total' },
      { name: 'average', function: 'moving_average', column: 'total', before: 2 },
    ],
  }),
  'transform.rank': on('invoices', { order: [{ column: 'total', direction: 'desc' }], name: 'place' }),
  'transform.row_id': on('customers', { kind: 'hash', name: 'id', columns: ['email'] }),
  'transform.bin': on('days', { column: 'temp_max', name: 'bin', method: 'equal_count', bins: 4 }),
  'transform.date_parts': on('invoices', { column: 'invoice_date', parts: ['year_week', 'month_name', 'fiscal_year'] }),
  'transform.date_difference': on('invoices', {
    from: 'invoice_date',
    to_day: '2025-01-01',
    unit: 'business_day',
    name: 'age',
  }),
  'transform.date_truncate': on('invoices', {
    column: 'invoice_date',
    operation: 'end',
    unit: 'quarter',
    name: 'until',
  }),
  'transform.time_zone': on(
    'normals',
    { column: 'at', operation: 'to_instant', from: 'America/Los_Angeles', name: 'moment' },
    [{ type: 'transform.cast', config: { casts: [{ columns: ['at'], type: 'TIMESTAMP' }], on_error: 'null' } }],
  ),
  'transform.fill_gaps': on('invoices', { column: 'invoice_date', unit: 'week', group_by: ['billing_country'] }, [
    { type: 'transform.deduplicate', config: { keys: ['billing_country', 'invoice_date'] } },
  ]),
  'transform.resample': on('days', {
    column: 'date',
    unit: 'month',
    group_by: ['location'],
    measures: [{ name: 'rain', function: 'sum', column: 'precipitation' }],
  }),
  'transform.distance': on('capitals', { from_y: 'lat', from_x: 'lon', to_y: 'y', to_x: 'x', name: 'km' }, [
    {
      type: 'transform.formula',
      config: {
        formulas: [
          { name: 'y', expression: '38.9 + 0.0' },
          { name: 'x', expression: '-77.0 + 0.0' },
        ],
      },
    },
  ]),
  'transform.join': both('invoices', 'customers', {
    kind: 'left',
    keys: [{ left: 'customer_id', right: 'customer_id' }],
  }),
  'transform.union': { inputs: { in_1: 'customers', in_2: 'capitals' }, config: { source_column: 'from' } },
  'transform.lookup': {
    inputs: { in: 'lines', table: 'tracks' },
    config: { keys: [{ column: 'track_id', equals: 'track_id' }], add: [{ column: 'genre' }], several: 'first' },
  },
  'transform.asof_join': both('invoices', 'days', {
    on: { left: 'invoice_date', right: 'date' },
    direction: 'nearest',
  }),
  'transform.range_join': both('days', 'invoices', {
    left_value: 'date',
    right_start: 'invoice_date',
    right_end: 'invoice_date',
    keep: 'all',
  }),
  'transform.fuzzy_join': both('capitals', 'customers', {
    keys: [{ left: 'city', right: 'city', method: 'jaro_winkler' }],
    threshold: 0.85,
  }),
  'transform.intersect': both('customers', 'capitals', { columns: ['city'] }),
  'transform.except': both('customers', 'capitals', { columns: ['city'] }),
  'transform.compare': { inputs: { old: 'invoices', new: 'invoices' }, config: { keys: ['invoice_id'] } },
  'transform.cross': {
    inputs: { in_1: 'customers', in_2: 'capitals' },
    config: { names: 'all', prefixes: ['a_', 'b_'] },
  },
  'transform.filter': on('days', { condition: "location = 'Seattle' AND precipitation > 10" }),
  'transform.select': on('customers', { columns: [{ column: 'email', name: 'mail' }, { column: 'country' }] }),
  'transform.sort': on('customers', { keys: [{ column: 'last_name', language: 'pt' }, { column: 'customer_id' }] }),
  'transform.aggregate': on('invoices', {
    group_by: ['billing_country'],
    measures: [
      { name: 'revenue', function: 'sum', column: 'total' },
      { name: 'customers', function: 'count_distinct', column: 'customer_id' },
    ],
    totals: 'rollup',
    flags: true,
  }),
  'transform.deduplicate': on('invoices', {
    keys: ['customer_id'],
    keep: 'last',
    order: [{ column: 'invoice_date' }, { column: 'invoice_id' }],
  }),
  'transform.pivot': on('days', {
    column: 'location',
    group_by: ['weather'],
    measures: [{ name: 'days', function: 'count' }],
    values: [{ value: 'Seattle' }, { value: 'New York' }],
    unseen: 'other',
  }),
  'transform.unpivot': on('days', { columns: ['temp_max', 'temp_min'] }),
  'transform.top': on('invoices', { by: 'total', count: 2, per: ['billing_country'], ties: 'keep' }),
  'transform.limit': on('customers', { rows: 10, offset: 5 }),
  'transform.sample': on('lines', { mode: 'random', rows: 100, seed: 3 }),
  'transform.split_rows': on('customers', {
    parts: [
      { name: 'train', share: 70 },
      { name: 'test', share: 30 },
    ],
    stratify: ['country'],
    seed: 3,
  }),
  'transform.group_similar': on('customers', { column: 'city', method: 'edit' }),
  'transform.transpose': on(
    'capitals',
    { header: 'state', values: [{ value: 'Texas' }, { value: 'Ohio' }], columns: ['lat', 'lon'] },
    [{ type: 'transform.filter', config: { condition: "state IN ('Texas', 'Ohio')" } }],
  ),
  'transform.explode': on('invoices', { columns: ['totals'], position_column: 'at' }, [
    {
      type: 'transform.aggregate',
      config: {
        group_by: ['billing_country'],
        measures: [{ name: 'totals', function: 'list', column: 'total', order: [{ column: 'invoice_id' }] }],
      },
    },
  ]),
  'transform.flatten': on('tracks', { columns: ['album'] }),
  'transform.nest': on('customers', { columns: ['city', 'country'], name: 'place' }),
  'transform.validate': {
    inputs: { in: 'invoices', reference: 'customers' },
    config: {
      rules: [
        { check: 'unique', columns: ['invoice_id'] },
        { check: 'range', columns: ['total'], min: '1' },
        { check: 'reference', columns: ['customer_id'], input: 'reference', input_columns: ['customer_id'] },
      ],
    },
  },
  'transform.assert': on('invoices', {
    checks: [
      { check: 'unique', columns: ['invoice_id'] },
      { check: 'rows', min: 300 },
    ],
  }),
  'transform.contract': on('invoices', {
    columns: [
      { name: 'invoice_id', type: 'BIGINT', required: true },
      { name: 'total', type: 'INTEGER' },
    ],
    types: 'convert',
    extra: 'drop',
    on_error: 'reject',
  }),
  'transform.switch': on('invoices', { cases: [{ port: 'large', condition: 'total >= 10' }] }),
  'transform.pipeline': {
    inputs: { rows: 'invoices' },
    config: {
      path: 'pipelines/inner.pipeline.yaml',
      inputs: [{ name: 'rows' }],
      outputs: [{ name: 'large' }],
      parameters: [{ name: 'from', value: '10' }],
    },
  },
  'transform.output': on('customers', {}),
  'transform.script': on('customers', {
    code: 'return { initials: row.first_name[0] + row.last_name[0] }',
    columns: [{ name: 'initials', type: 'VARCHAR' }],
  }),
  'transform.sql': {
    inputs: { customers: 'customers' },
    config: { sql: 'SELECT country, count(*) AS customers FROM customers GROUP BY ALL' },
  },
}

/** What `transform.pipeline` reads above. */
export const INNER = `format: logidata/v1
name: Large invoices
parameters:
  from: { type: integer, default: 1 }
nodes:
  rows: { type: extract.input, config: { columns: [{ name: total, type: DOUBLE }] } }
  chosen: { type: transform.filter, inputs: { in: rows }, config: { condition: total >= $from } }
  large: { type: transform.output, inputs: { in: chosen.match } }
`
