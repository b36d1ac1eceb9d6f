/**
 * Run as a process of its own by `crash.test.ts`: writes a target with a real load and, told by `LOGIDATA_TEST_CRASH_AT`, is killed on
 * the way. Arguments: module, project folder, config as JSON, query.
 */
import { resolve } from 'node:path'
import { toErrorInfo } from '../../shared/errors.ts'
import type { LoadModule } from '../kit/contract.ts'
import { openDuckDbSession } from '../kit/duckdb-session.ts'
import { raw, sql } from '../kit/sql.ts'
import { arrowLoad } from './arrow/implementation.ts'
import { csvLoad } from './csv/implementation.ts'
import { duckdbLoad } from './duckdb/implementation.ts'
import { excelLoad } from './excel/implementation.ts'
import { fixedWidthLoad } from './fixed-width/implementation.ts'
import { parquetLoad } from './parquet/implementation.ts'
import { sqliteLoad } from './sqlite/implementation.ts'
import { textLoad } from './text/implementation.ts'
import { xmlLoad } from './xml/implementation.ts'

const [module, root = '', config = '{}', query = ''] = process.argv.slice(2)
const session = await openDuckDbSession()
const input = { name: sql`(${raw(query)})`, columns: await session.describe(raw(query)) }
const files = {
  staging: root,
  inputs: async () => [],
  output: async (path: string) => ({ path: resolve(root, path), name: path }),
}
const inputs = new Map([['in', input]])
const { signal } = new AbortController()
const common = { nodeId: 'n', parameters: new Map(), files, session, signal, input, inputs }
try {
  // biome-ignore lint/suspicious/noExplicitAny: each load has a config of its own.
  const loads: Record<string, LoadModule<any>> = {
    csv: csvLoad,
    excel: excelLoad,
    parquet: parquetLoad,
    sqlite: sqliteLoad,
    duckdb: duckdbLoad,
    xml: xmlLoad,
    arrow: arrowLoad,
    fixed_width: fixedWidthLoad,
    text: textLoad,
  }
  const load = loads[module ?? '']
  if (!load) throw new TypeError(`no load ${module}`)
  await load.write({ ...common, config: load.descriptor.config.parse(JSON.parse(config)) })
} catch (error) {
  console.error(JSON.stringify(toErrorInfo(error)))
  process.exitCode = 1
}
