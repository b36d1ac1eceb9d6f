import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arrowHolds } from './holds.ts'
import { writerOf } from './write-values.ts'

const scalars = [
  ...'BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT FLOAT DOUBLE DATE'.split(
    ' ',
  ),
  ...'TIME TIME_NS TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS INTERVAL UUID VARCHAR JSON BLOB BIT BIGNUM'.split(
    ' ',
  ),
  'TIME WITH TIME ZONE',
  'TIMESTAMP WITH TIME ZONE',
  'DECIMAL(18,3)',
  "ENUM('a', 'b')",
  '"NULL"',
]
const types = fc.letrec<{ type: string }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...scalars),
    tie('type').map((item) => `${item}[]`),
    tie('type').map((item) => `${item}[3]`),
    fc.tuple(tie('type'), tie('type')).map(([key, value]) => `MAP(${key}, ${value})`),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => `STRUCT(a ${a}, b ${b})`),
    tie('type').map((member) => `UNION(a ${member})`),
  ),
})).type

test('what is said before the library is loaded is what its writers say', () => {
  for (const type of scalars) expect([type, arrowHolds(type)]).toEqual([type, writerOf(type) !== undefined])
  fc.assert(
    fc.property(types, (type) => arrowHolds(type) === (writerOf(type) !== undefined)),
    { numRuns: 300 },
  )
})
