import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PipelineDocument } from '../../src/shared/pipeline/document.ts'

/** Every row that a target holds, as `id|point|value`; `point` tells which run wrote it. */
export type Rows = readonly string[]

export interface Workload {
  readonly name: string
  document(point: number): PipelineDocument
  readonly targets: readonly Target[]
}

export interface Target {
  readonly name: string
  readonly path: string
  readonly format: 'csv' | 'json' | 'parquet' | 'folder' | 'excel' | 'sqlite' | 'duckdb' | 'text' | 'fixed' | 'arrow'
  readonly appends: boolean
  expected(point: number): Rows
}

const ORDERS = 20_000
const CUSTOMERS = 50
const REGIONS = 8
const SCRIPTED = 1_500
const amountOf = (id: number) => (id * 7919) % 1000
const regionOf = (customer: number) => customer % REGIONS
const ids = Array.from({ length: ORDERS }, (_, id) => id)
const customerOf = (id: number) => id % CUSTOMERS

/** Makes a project with data, and no results yet. */
export function makeProject(root: string): void {
  for (const folder of ['pipelines', 'data', 'out']) mkdirSync(join(root, folder), { recursive: true })
  const orders = ids.map((id) => `${id},${customerOf(id)},${amountOf(id)}`)
  writeFileSync(join(root, 'data/orders.csv'), `id,customer,amount\n${orders.join('\n')}\n`)
  const customers = Array.from({ length: CUSTOMERS }, (_, customer) => `${customer},${regionOf(customer)}`)
  writeFileSync(join(root, 'data/customers.csv'), `customer,region\n${customers.join('\n')}\n`)
}

const orders = { type: 'extract.csv', config: { path: 'data/orders.csv' } }
const formulas = (point: number, value: string) => ({
  formulas: [
    { name: 'point', expression: `${point}::INTEGER` },
    { name: 'value', expression: value },
  ],
})
const load = (type: string, from: string, config: Record<string, unknown>) => ({ type, inputs: { in: from }, config })
const document = (name: string, nodes: Record<string, unknown>) =>
  ({ format: 'logidata/v1', name, nodes }) as PipelineDocument

const row = (id: number, point: number, value: number) => `${id}|${point}|${value}`
const totals = new Map<number, number>()
for (const id of ids) {
  const region = regionOf(customerOf(id))
  totals.set(region, (totals.get(region) ?? 0) + amountOf(id))
}
const perRegion = (point: number) => [...totals].map(([region, total]) => row(region, point, total))
const perOrder = (point: number) => ids.map((id) => row(id, point, amountOf(id) + regionOf(customerOf(id))))

/** A join whose result is kept for three loads. */
const summary: Workload = {
  name: 'join and totals',
  document: (point) =>
    document('Totals', {
      orders,
      customers: { type: 'extract.csv', config: { path: 'data/customers.csv' } },
      joined: {
        type: 'transform.join',
        inputs: { left: 'orders', right: 'customers' },
        config: { kind: 'inner', keys: [{ left: 'customer', right: 'customer' }] },
      },
      totals: {
        type: 'transform.aggregate',
        inputs: { in: 'joined' },
        config: {
          group_by: [
            { name: 'id', expression: 'region' },
            { name: 'point', expression: `${point}::INTEGER` },
          ],
          measures: [{ name: 'value', function: 'sum', column: 'amount' }],
        },
      },
      detail: { type: 'transform.formula', inputs: { in: 'joined' }, config: formulas(point, 'amount + region') },
      to_csv: load('load.csv', 'totals', { path: 'out/totals.csv' }),
      to_sqlite: load('load.sqlite', 'totals', { path: 'out/totals.db', table: 't', mode: 'append' }),
      to_folder: load('load.parquet', 'detail', { path: 'out/detail', partition_by: ['region'], mode: 'append' }),
    }),
  targets: [
    { name: 'CSV, replaced', path: 'out/totals.csv', format: 'csv', appends: false, expected: perRegion },
    { name: 'SQLite, appended', path: 'out/totals.db', format: 'sqlite', appends: true, expected: perRegion },
    { name: 'Parquet folder, appended', path: 'out/detail', format: 'folder', appends: true, expected: perOrder },
  ],
}

const scripted = (point: number) => ids.slice(0, SCRIPTED).map((id) => row(id, point, amountOf(id) * 2 + 1))

/** A step of JavaScript, in front of targets that are lines of text. */
const script: Workload = {
  name: 'script',
  document: (point) =>
    document('Script', {
      orders,
      few: { type: 'transform.filter', inputs: { in: 'orders' }, config: { condition: `id < ${SCRIPTED}` } },
      script: {
        type: 'transform.script',
        inputs: { in: 'few' },
        config: {
          code: `return { point: ${point}, value: row.amount * 2 + 1 }`,
          columns: [
            { name: 'point', type: 'INTEGER' },
            { name: 'value', type: 'BIGINT' },
          ],
        },
      },
      to_json: load('load.json', 'script', { path: 'out/script.json' }),
      to_lines: load('load.json', 'script', { path: 'out/script.ndjson', format: 'ndjson', mode: 'append' }),
      to_text: load('load.text', 'script', {
        path: 'out/script.txt',
        template: '{id}|{point}|{value}',
        mode: 'append',
      }),
      to_fixed: load('load.fixed_width', 'script', {
        path: 'out/script.fix',
        mode: 'append',
        fields: [
          { name: 'id', width: 8 },
          { name: 'point', width: 8 },
          { name: 'value', width: 8 },
        ],
      }),
    }),
  targets: [
    { name: 'JSON, replaced', path: 'out/script.json', format: 'json', appends: false, expected: scripted },
    { name: 'JSON lines, appended', path: 'out/script.ndjson', format: 'json', appends: true, expected: scripted },
    { name: 'text, appended', path: 'out/script.txt', format: 'text', appends: true, expected: scripted },
    { name: 'fixed width, appended', path: 'out/script.fix', format: 'fixed', appends: true, expected: scripted },
  ],
}

const third = ids.filter((id) => amountOf(id) % 3 === 0)
const filtered = (point: number) => third.map((id) => row(id, point, amountOf(id) + 1))

/** Fused filters and formulas into files of every other kind. */
const filters: Workload = {
  name: 'filters',
  document: (point) =>
    document('Filters', {
      orders,
      third: { type: 'transform.filter', inputs: { in: 'orders' }, config: { condition: 'amount % 3 = 0' } },
      valued: { type: 'transform.formula', inputs: { in: 'third' }, config: formulas(point, 'amount + 1') },
      to_parquet: load('load.parquet', 'valued', { path: 'out/filtered.parquet' }),
      to_folder: load('load.parquet', 'valued', { path: 'out/filtered', partition_by: ['customer'] }),
      to_excel: load('load.excel', 'valued', { path: 'out/filtered.xlsx' }),
      to_arrow: load('load.arrow', 'valued', { path: 'out/filtered.arrow' }),
      to_duckdb: load('load.duckdb', 'valued', { path: 'out/filtered.duckdb', table: 't', mode: 'append' }),
      to_csv: load('load.csv', 'valued', { path: 'out/filtered.csv', mode: 'append' }),
    }),
  targets: [
    { name: 'Parquet, replaced', path: 'out/filtered.parquet', format: 'parquet', appends: false, expected: filtered },
    { name: 'Parquet folder, replaced', path: 'out/filtered', format: 'folder', appends: false, expected: filtered },
    { name: 'Excel, replaced', path: 'out/filtered.xlsx', format: 'excel', appends: false, expected: filtered },
    { name: 'Arrow, replaced', path: 'out/filtered.arrow', format: 'arrow', appends: false, expected: filtered },
    { name: 'DuckDB, appended', path: 'out/filtered.duckdb', format: 'duckdb', appends: true, expected: filtered },
    { name: 'CSV, appended', path: 'out/filtered.csv', format: 'csv', appends: true, expected: filtered },
  ],
}

export const workloads: readonly Workload[] = [summary, script, filters]
