import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { fuse, selectOf } from '../engine/fuse.ts'
import { modules } from '../modules/catalogue.ts'
import { identifier, literal, raw } from '../modules/kit/sql.ts'
import type { JsonValue } from '../shared/pipeline/document.ts'
import { never, pipeline, type TemporaryProject, type TestNode, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ threads: 2 })
})
afterAll(() => own.close())

interface Fixture {
  readonly name: string
  readonly config: Record<string, JsonValue>
  readonly inputs?: { readonly in?: { readonly columns: unknown; readonly rows?: readonly (readonly unknown[])[] } }
  readonly parameters?: unknown
  readonly error?: unknown
}

const TRANSFORMERS = new URL('../modules/transformers/', import.meta.url)

function fixturesOf(type: string): Fixture[] {
  const folder = new URL(`${type.replace('transform.', '')}/fixtures/`, TRANSFORMERS)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.fixture.yaml'))
    .flatMap((name) => [...parseAllDocuments(readFileSync(new URL(name, folder), 'utf8'))])
    .map((document) => ('toJS' in document ? (document.toJS() as Fixture) : undefined))
    .filter((fixture) => fixture !== undefined)
}

/** The rows of a fixture as a query that any pipeline can hold. */
function valuesOf(fixture: Fixture): string | undefined {
  const table = fixture.inputs?.in
  if (!table?.rows?.length || Object.keys(fixture.inputs ?? {}).length > 1) return undefined
  const columns = (Array.isArray(table.columns) ? table.columns : Object.entries(table.columns ?? {})) as [
    string,
    string,
  ][]
  const cell = (value: unknown, type: string): string => {
    if (value === null || value === undefined) return `CAST(NULL AS ${type})`
    const text =
      typeof value === 'object' ? `CAST(${literal(JSON.stringify(value)).text} AS JSON)` : literal(String(value)).text
    return `CAST(${text} AS ${type})`
  }
  const rows = table.rows.map((row) => `(${columns.map(([, type], index) => cell(row[index], type)).join(', ')})`)
  return `SELECT * FROM (VALUES ${rows.join(', ')}) AS t(${columns.map(([name]) => identifier(name).text).join(', ')})`
}

const filter = (from: string): TestNode => ({
  type: 'transform.filter',
  inputs: { in: from },
  config: { condition: '1 = 1' },
})
const formula = (from: string, name: string): TestNode => ({
  type: 'transform.formula',
  inputs: { in: from },
  config: { formulas: [{ name, expression: "'made'" }] },
})

const rowModules = modules.filter(
  (module) =>
    module.kind === 'relation' &&
    (module.keepsRows || module.splitsRows) &&
    fixturesOf(module.descriptor.type).length > 0,
)

describe('between a filter and a formula, a step gives the rows that it gives alone', () => {
  test.each(rowModules.map((module) => module.descriptor.type))(
    '%s',
    async (type) => {
      let compared = 0
      for (const fixture of fixturesOf(type)) {
        const values = fixture.error || fixture.parameters ? undefined : valuesOf(fixture)
        if (values === undefined) continue
        const head: Record<string, TestNode> = {
          values: { type: 'transform.sql', config: { sql: values } },
          before: filter('values'),
          step: { type, inputs: { in: 'before' }, config: fixture.config },
        }
        const { nodes: found } = await own.project.analyser.pipeline(pipeline(head), never)
        for (const port of found.get('step')?.outputs ?? []) {
          const nodes: Record<string, TestNode> = {
            ...head,
            after: filter(`step.${port}`),
            last: formula('after', 'ld_last'),
          }
          const typed = await own.project.analyser.pipeline(pipeline(nodes), never)
          const ref = { nodeId: 'last', port: 'out' }
          if (!typed.columns.has('last.out')) continue
          const query = fuse(typed, [ref])
          const rowsOf = async (text: string) => {
            const { columns, rows } = await own.project.session.lease(never, (lease) => lease.query(raw(text)))
            return { columns, rows: rows.map((row) => JSON.stringify(row)).sort() }
          }
          const plain = await rowsOf(selectOf(typed, query.parts, ref).text).catch(() => undefined)
          if (!plain) continue
          compared++
          expect(await rowsOf(query.select.text), `${fixture.name}, ${port}`).toEqual(plain)
        }
      }
      expect(compared).toBeGreaterThan(0)
    },
    60_000,
  )
})
