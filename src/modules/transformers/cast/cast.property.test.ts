import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { cast } from './implementation.ts'

const LIMITS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  TINYINT: [-128n, 127n],
  UTINYINT: [0n, 255n],
  INTEGER: [-(2n ** 31n), 2n ** 31n - 1n],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
}

it('casting texts to whole numbers, compared with a naive reference: a row fits and leaves as it was read, or is rejected as it was', async () => {
  const text = fc.oneof(
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
    fc.integer({ min: -300, max: 300 }).map(String),
    fc.double({ noNaN: true }).map((value) => value.toFixed(2)),
    fc.constantFrom('', ' ', 'x', '1.0', '1e2', null),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        // Whether -0 is a number without sign, nobody has to decide.
        text.filter((value) => !value?.startsWith('-0')),
        { maxLength: 10 },
      ),
      fc.constantFrom(...Object.keys(LIMITS)),
      async (texts, type) => {
        const [low = 0n, high = 0n] = LIMITS[type] ?? []
        const read = (value: string | null): string | null | undefined => {
          if (value === null) return null
          if (value === '1e2') return '100'
          if (!/^[+-]?\d+(\.0+)?$/.test(value)) return undefined
          const whole = BigInt(value.replace(/\.0+$/, ''))
          return whole >= low && whole <= high ? String(whole) : undefined
        }
        const { out, reject } = await evaluate(
          cast,
          { casts: [{ columns: ['v'], type }], on_error: 'reject' },
          { in: { columns: [{ name: 'v', type: 'VARCHAR' }], rows: texts.map((value) => [value]) } },
        )
        expect(out?.rows.map(([value]) => value)).toEqual(texts.map(read).filter((value) => value !== undefined))
        expect(reject?.rows.map(([value]) => value)).toEqual(texts.filter((value) => read(value) === undefined))
      },
    ),
    { numRuns: 60 },
  )
})
