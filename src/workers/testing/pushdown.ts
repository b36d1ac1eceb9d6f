import fc from 'fast-check'
import { expect } from 'vitest'
import { readCondition, type SourceColumn } from '../../engine/pushdown/condition.ts'
import { filesOf } from '../../modules/connectors/kit/project-file.ts'
import { noSession, temporarySink } from '../../modules/connectors/kit/temporary-sink.ts'
import type { ExtractModule } from '../../modules/kit/contract.ts'
import { expression } from '../../modules/kit/expression.ts'
import type { PushedKey } from '../../modules/kit/pushdown.ts'
import { raw, sql } from '../../modules/kit/sql.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'

/** Conditions on columns `c1`, `c2`, …, each with constants of its own. */
export function conditionOf(constants: readonly (readonly string[])[]): fc.Arbitrary<string> {
  const comparison = fc.integer({ min: 0, max: constants.length - 1 }).chain((column) => {
    const constant = fc.constantFrom(...(constants[column] ?? []))
    const name = `c${column + 1}`
    return fc.oneof(
      fc
        .tuple(fc.constantFrom('=', '<>', '<', '<=', '>', '>='), constant)
        .map(([by, value]) => `${name} ${by} ${value}`),
      fc.tuple(constant, constant).map(([low, high]) => `${name} BETWEEN ${low} AND ${high}`),
      fc.array(constant, { minLength: 1, maxLength: 3 }).map((list) => `${name} NOT IN (${list.join(', ')})`),
      fc.constantFrom(`${name} IS NULL`, `${name} IS NOT NULL`),
    )
  })
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      comparison,
      fc
        .tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition'))
        .map(([a, by, b]) => `(${a}) ${by} (${b})`),
      tie('condition').map((inner) => `NOT (${inner})`),
    ),
  }))
  return condition
}

/** What an extract of columns `c0`, `c1`, … gives, with and without what is left to it. */
export async function setUp(module: ExtractModule, config: unknown, connection: ResolvedConnection) {
  const files = { ...filesOf('.'), staging: '/tmp', output: () => Promise.reject(new Error('no output')) }
  const signal = new AbortController().signal
  const request = {
    nodeId: 'from',
    config: config as never,
    parameters: new Map(),
    connection,
    files,
    withSession: noSession,
    signal,
  }
  const discovered = await module.discover(request)
  const pushable = module.pushable?.(config as never, discovered)
  if (!pushable || 'refused' in pushable) throw new Error('nothing can be pushed')
  const columns = discovered.columns.map(
    ({ name, type }, at): SourceColumn => ({ name, type, kind: pushable.columns[at], at }),
  )
  const read = async (where: string, push: boolean) => {
    const { pushed } = push ? readCondition(where, columns) : { pushed: [] }
    const sink = await temporarySink(discovered.columns, signal)
    try {
      await module.read({
        ...request,
        discovered,
        sink,
        ...(pushed.length > 0 ? { pushed: { where: { is: 'and', of: pushed } } } : {}),
      })
      const all = await sink.rows()
      const { rows } = await sink.rows((from) => sql`SELECT c0 FROM ${from} WHERE ${expression(where)} ORDER BY c0`)
      return { rows, sent: all.rows.length }
    } finally {
      sink.close()
    }
  }
  /** The first rows by keys, of which only some columns count. */
  const readFirst = async ({ by, rows: count, columns: needed }: Asked, push: boolean) => {
    const sink = await temporarySink(discovered.columns, signal)
    try {
      const pushed = { first: { rows: count, by }, columns: needed }
      await module.read({ ...request, discovered, sink, ...(push ? { pushed } : {}) })
      const keys = by.map(
        ({ column, descending, nullsFirst }) =>
          `c${column} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
      )
      const list = raw(needed.map((column) => `c${column}`).join(', '))
      const order = raw([...keys, 'c0'].join(', '))
      const sent = (await sink.rows()).rows
      const { rows } = await sink.rows(
        (from) =>
          sql`SELECT ${list} FROM (SELECT * FROM ${from} ORDER BY ${order} LIMIT ${raw(String(count))}) ORDER BY ${order}`,
      )
      const empty = sent.every((row) => row.every((cell, index) => needed.includes(index) || cell === null))
      return { rows, sent: sent.length, empty }
    } finally {
      sink.close()
    }
  }
  return { columns, read, readFirst }
}

export type Given = Awaited<ReturnType<typeof setUp>>

interface Asked {
  readonly by: PushedKey[]
  readonly rows: number
  readonly columns: number[]
}

const asked: fc.Arbitrary<Asked> = fc
  .record({
    by: fc.uniqueArray(
      fc.record({
        column: fc.integer({ min: 1, max: 5 }),
        descending: fc.boolean(),
        nullsFirst: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3, selector: ({ column }) => column },
    ),
    rows: fc.integer({ min: 0, max: 12 }),
    others: fc.uniqueArray(fc.integer({ min: 1, max: 7 })),
  })
  .map(({ by, rows, others }) => {
    // What rows are put in order by is read.
    const columns = [...new Set([0, ...by.map(({ column }) => column), ...others])].sort((a, b) => a - b)
    return { by, rows, columns }
  })

/** The first rows by any keys, of which any columns count. */
export async function checkFirst(given: Given) {
  let fewer = 0
  await fc.assert(
    fc.asyncProperty(asked, async (what) => {
      const [off, on] = [await given.readFirst(what, false), await given.readFirst(what, true)]
      expect(on.rows).toEqual(off.rows)
      expect(on.empty).toBe(true)
      if (on.sent < off.sent) fewer++
    }),
    { numRuns: 40 },
  )
  expect(fewer).toBeGreaterThan(10)
}
