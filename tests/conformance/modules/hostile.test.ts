import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cellsOf, sharedSession, type TableLiteral, valuesOf } from '../../../src/modules/kit/harness.ts'
import { type HostileTable, hostileTables } from '../../../src/modules/kit/hostile.ts'
import { identifier, joinSql, raw, sql } from '../../../src/modules/kit/sql.ts'
import { toErrorInfo } from '../../../src/shared/errors.ts'
import {
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../../../src/workers/testing/temporary-project.ts'
import { type Nodes, previewOf, runOf } from './engine.ts'

// The two steps that need a whole engine, on the inputs that break careless code: their rows pass, every value as it was.

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
})
afterAll(() => own.close())

interface Step {
  readonly input: string
  readonly port: string
  readonly config: NonNullable<TestNode['config']>
  /** Writes what it needs first. */
  readonly prepare?: (table: HostileTable) => void
  /** Tables that it refuses, and with which code. */
  readonly refused: Readonly<Record<string, string>>
}

const STEPS: Readonly<Record<string, Step>> = {
  'transform.script': {
    input: 'in',
    port: 'out',
    config: {
      code: 'return { made: Object.keys(row).length }',
      columns: [{ name: 'made', type: 'INTEGER' }],
      numbers: 'text',
    },
    refused: { structs: 'script.nested', lists: 'script.nested', '128-bit limits': 'script.type' },
  },
  'transform.pipeline': {
    input: 'rows',
    port: 'end',
    config: { path: 'pipelines/pass.pipeline.yaml', inputs: [{ name: 'rows' }], outputs: [{ name: 'end' }] },
    prepare: ({ id }) =>
      own.write(
        'pipelines/pass.pipeline.yaml',
        `format: logidata/v1
name: Pass
nodes:
  rows: { type: extract.input, config: { columns: [{ name: ${JSON.stringify(id)}, type: INTEGER }] } }
  end: { type: transform.output, inputs: { in: rows } }
`,
      ),
    refused: {},
  },
}

describe.each(Object.entries(STEPS))('%s on hostile input', (type, { input, port, config, prepare, refused }) => {
  it.each(hostileTables.map((table) => [table.name, table] as const))('%s', async (name, table) => {
    prepare?.(table)
    const nodes: Nodes = { source: source(table), step: { type, config, inputs: { [input]: 'source' } } }
    if (refused[name]) {
      const info = await previewOf(own, nodes, 'step', port).then(() => undefined, toErrorInfo)
      expect(info).toMatchObject({ kind: 'user', code: refused[name], nodeId: 'step' })
      return
    }
    const expected = await cellsOf(table, await sharedSession())
    const shown = await previewOf(own, nodes, 'step', port)
    expect(shown.columns.slice(0, table.columns.length)).toEqual(expected.columns)
    expect(shown.rows.map((row) => row.slice(0, table.columns.length))).toEqual(expected.rows)
    expect((await runOf(own, nodes, [`step.${port}`])).get(`step.${port}`)?.rows).toEqual(shown.rows)
  })
})

function source(table: TableLiteral): TestNode {
  const names = joinSql(table.columns.map(({ name }) => identifier(name)))
  const rows = table.rows.length > 0 ? table : { ...table, rows: [table.columns.map(() => null)] }
  const none = raw(table.rows.length > 0 ? '' : ' WHERE FALSE')
  return { type: 'transform.sql', config: { sql: sql`SELECT * FROM (${valuesOf(rows)}) AS t(${names})${none}`.text } }
}
