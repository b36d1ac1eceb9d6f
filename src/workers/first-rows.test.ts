import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../modules/kit/sql.ts'
import { firstRows } from './first-rows.ts'
import { errorOf, never, type TemporaryProject, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ threads: 2 })
})
afterAll(() => own.close())

const rare = {
  select: raw('SELECT i FROM range(60000000) t(i) WHERE hash(i) % 20000000 = 7 OR i = 5'),
  columns: [{ name: 'i', type: 'BIGINT' }],
  exact: true,
}
const page = { limit: 1000, offset: 0 }

describe('the first rows', () => {
  test('are a page, in order', async () => {
    const relation = { ...rare, select: raw('SELECT i FROM range(100000) t(i) WHERE i % 3 = 0') }
    expect(await firstRows(own.project.session, relation, { limit: 3, offset: 2 }, never)).toEqual([
      ['6'],
      ['9'],
      ['12'],
    ])
  })

  test('are found by all threads when one takes too long', async () => {
    const patient = await firstRows(own.project.session, rare, page, never, 60_000)
    const hasty = await firstRows(own.project.session, rare, page, never, 0)
    expect(hasty.toSorted()).toEqual(patient.toSorted())
    expect(patient).toContainEqual(['5'])
  })

  test('end when they are no longer wanted, before and after the first try', async () => {
    for (const patience of [60_000, 0]) {
      const leaving = new AbortController()
      const looking = firstRows(own.project.session, rare, page, leaving.signal, patience)
      setTimeout(() => leaving.abort(), 20)
      expect(await errorOf(looking)).toMatchObject({ code: 'cancelled' })
    }
  })

  test('say what is wrong', async () => {
    const wrong = { ...rare, select: raw("SELECT CAST('x' || i AS INTEGER) FROM range(3) t(i)") }
    expect(await errorOf(firstRows(own.project.session, wrong, page, never))).toMatchObject({ code: 'data.invalid' })
  })
})
