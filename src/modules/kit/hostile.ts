import { describe, expect, it } from 'vitest'
import type { Column } from '../../shared/engine/types.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import {
  type AnyRelationModule,
  cellsOf,
  evaluate,
  type PortResult,
  sharedSession,
  type TableLiteral,
} from './harness.ts'

/** An input that breaks careless SQL. `id` counts from 1; `value` and `other` have the type under test; `g` is a small text. */
export interface HostileTable extends TableLiteral {
  readonly name: string
  /** The names of the four columns, which are odd in some tables. */
  readonly id: string
  readonly g: string
  readonly value: string
  readonly other: string
  readonly type: string
}

export interface HostileOptions {
  /** A config for this table, or undefined when the step does not apply to its type and says so in a test of its own. */
  readonly config: (table: HostileTable) => unknown
  /** All inputs, when there are others than `in`. */
  readonly inputs?: (table: HostileTable) => Readonly<Record<string, TableLiteral>>
  /** Tables, by name, that must be refused, and the code of the error. All others must be computed. */
  readonly refused?: Readonly<Record<string, string>>
  /** The default output holds exactly these columns of each row of `in`, unchanged (compared as a bag). */
  readonly untouched?: (table: HostileTable) => readonly string[]
  /** The rows of these ports, together, are as many as those of `in`. */
  readonly accountsFor?: readonly string[]
}

const NAMES = { id: 'id', g: 'g', value: 'value', other: 'other' }

function table(
  name: string,
  type: string,
  values: readonly unknown[],
  names: Partial<typeof NAMES> = {},
): HostileTable {
  const own = { ...NAMES, ...names }
  const columns: Column[] = [
    { name: own.id, type: 'INTEGER' },
    { name: own.g, type: 'VARCHAR' },
    { name: own.value, type },
    { name: own.other, type },
  ]
  const rows = values.map((value, index) => [index + 1, index % 2 === 0 ? 'a' : 'b', value, values.at(-1 - index)])
  return { name, type, columns, rows, ...own }
}

function wide(): HostileTable {
  const base = table('2,000 columns', 'INTEGER', [1, null, 3])
  const more = Array.from({ length: 1_996 }, (_, index) => ({ name: `c${index}`, type: 'INTEGER' }))
  return { ...base, columns: [...base.columns, ...more], rows: base.rows.map((row) => [...row, ...more.map(() => 7)]) }
}

/** The tables; a `type` in the name tells them apart, so that a step about dates can pick its own. */
export const hostileTables: readonly HostileTable[] = [
  table('no rows', 'VARCHAR', []),
  table('no rows of numbers', 'INTEGER', []),
  table('one row', 'VARCHAR', ['x']),
  table('nulls only', 'VARCHAR', [null, null, null]),
  table('nulls only, numbers', 'DOUBLE', [null, null]),
  table('nulls only, dates', 'DATE', [null, null]),
  table('names with blanks, keywords and emoji', 'VARCHAR', ['x', null, ''], {
    id: 'a b',
    g: 'select',
    value: '📦',
    other: "it\"s 'odd'",
  }),
  table('names that are letters with accents', 'INTEGER', [1, 2, null], {
    id: 'É',
    g: 'été',
    value: 'naïve',
    other: '日本',
  }),
  table('long texts', 'VARCHAR', ['x'.repeat(300_000), 'é📦'.repeat(50_000), '']),
  table('odd texts', 'VARCHAR', [
    "'",
    '"',
    '\\',
    '%_',
    'a\nb\r\n',
    '\u00a0',
    '\u200b',
    'ﬁ',
    '👩‍👩‍👧',
    'NULL',
    '$x',
    '{"a":1}',
    '-- ;',
  ]),
  table('NaN and infinity', 'DOUBLE', ['NaN', 'Infinity', '-Infinity', '-0.0', '1e308', '5e-324', null]),
  table('dates before 1582 and after 9999', 'DATE', [
    '0044-03-15 (BC)',
    '1582-10-10',
    '9999-12-31',
    '12345-01-01',
    null,
  ]),
  table('infinite dates', 'DATE', ['infinity', '-infinity', '2024-02-29', null]),
  table('timestamps at their limits', 'TIMESTAMP', [
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59.999999',
    '12345-06-07 08:09:10.000001',
    null,
  ]),
  table('timestamps with time zone', 'TIMESTAMP WITH TIME ZONE', [
    '2024-03-31 01:30:00+00',
    '1582-10-10 00:00:00+00',
    null,
  ]),
  table('decimals of 38 digits', 'DECIMAL(38,0)', ['9'.repeat(38), `-${'9'.repeat(38)}`, 1, null]),
  table('decimals that are all fraction', 'DECIMAL(38,38)', [`0.${'9'.repeat(38)}`, `-0.${'0'.repeat(37)}1`, null]),
  table('64-bit limits', 'BIGINT', ['9223372036854775807', '-9223372036854775808', '9007199254740993', 0, null]),
  table('unsigned 64-bit limits', 'UBIGINT', ['18446744073709551615', 0, null]),
  table('128-bit limits', 'HUGEINT', [
    '170141183460469231731687303715884105727',
    '-170141183460469231731687303715884105728',
    null,
  ]),
  table('structs', 'STRUCT(a INTEGER, "b c" VARCHAR)', [{ a: 1, 'b c': 'x' }, { a: null, 'b c': null }, null]),
  table('lists', 'INTEGER[]', [[1, null, 3], [], null]),
  table('booleans', 'BOOLEAN', [true, false, null]),
  wide(),
]

/**
 * A test per hostile table: the step computes it and loses nothing, or refuses it with an error that a person can act on (kind
 * `user`, naming a field or a column); never a message of DuckDB about SQL that the person did not write.
 */
export function runHostile(module: AnyRelationModule, options: HostileOptions): void {
  describe(`${module.descriptor.type} on hostile input`, () => {
    for (const input of hostileTables) {
      const config = options.config(input)
      if (config === undefined) continue
      it(input.name, async () => {
        const inputs = options.inputs?.(input) ?? { in: input }
        const code = options.refused?.[input.name]
        const running = evaluate(module, config, inputs)
        if (code !== undefined) {
          const info = await running.then(() => undefined, toErrorInfo)
          expect(info).toMatchObject({ kind: 'user', code })
          expect(info?.message).not.toMatch(/ld\$|SELECT|Binder|LINE \d/)
          return
        }
        await account(input, await running, options)
      })
    }
  })
}

async function account(
  input: HostileTable,
  results: Record<string, PortResult>,
  options: HostileOptions,
): Promise<void> {
  if (options.accountsFor) {
    const rows = options.accountsFor.map((port) => results[port]?.rows.length ?? Number.NaN)
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(input.rows.length)
  }
  const untouched = options.untouched?.(input)
  if (!untouched) return
  const before = await cellsOf(input, await sharedSession())
  expect(bagOf(Object.values(results)[0], untouched)).toEqual(bagOf(before, untouched))
}

function bagOf(result: PortResult | undefined, names: readonly string[]): string[] {
  const places = names.map((name) => result?.columns.findIndex((column) => column.name === name) ?? -1)
  return (result?.rows ?? []).map((row) => JSON.stringify(places.map((place) => row[place]))).sort()
}
