import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { evaluate } from '../../kit/harness.ts'
import { rename } from './implementation.ts'

const name = fc.stringMatching(/^[a-zA-Zé _.📦"']{1,6}$/u)
const lower = (text: string) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

it('renaming, compared with a naive reference: values keep their places, and no name is lost to a collision', async () => {
  const rule = fc.oneof(
    fc.record({ operation: fc.constant('prefix'), text: name }),
    fc.record({ operation: fc.constant('remove_suffix'), text: fc.constantFrom('a', 'é') }),
    fc.record({
      operation: fc.constant('replace'),
      find: fc.constantFrom('a', '.', ' '),
      replace: fc.constantFrom('', 'b', '$&'),
    }),
    fc.record({ operation: fc.constant('case'), case: fc.constantFrom('upper', 'lower') }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { minLength: 1, maxLength: 5, selector: lower }),
      fc.array(rule, { maxLength: 3 }),
      async (names, rules) => {
        const expected = names.map((start) =>
          rules.reduce<string>((value, each) => {
            if ('find' in each) return value.split(each.find).join(each.replace)
            if ('case' in each) return each.case === 'upper' ? value.toUpperCase() : value.toLowerCase()
            if (each.operation === 'prefix') return each.text + value
            return value.endsWith(each.text) ? value.slice(0, -each.text.length) : value
          }, start),
        )
        const columns = names.map((each) => ({ name: each, type: 'INTEGER' }))
        const running = evaluate(rename, { rules }, { in: { columns, rows: [names.map((_, index) => index)] } })
        const empty = expected.some((each) => each.trim() === '')
        if (empty || new Set(expected.map(lower)).size < names.length) {
          const error = await running.then(() => undefined, toErrorInfo)
          expect(['rename.collision', 'rename.empty']).toContain(error?.code)
          return
        }
        const { out } = await running
        expect(out?.columns).toEqual(expected.map((each) => ({ name: each, type: 'INTEGER' })))
        expect(out?.rows).toEqual([names.map((_, index) => String(index))])
      },
    ),
    { numRuns: 60 },
  )
})
