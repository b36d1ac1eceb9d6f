import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { fixedWidthExtract } from '../../extractors/fixed-width/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { hostileTables } from '../../kit/hostile.ts'
import { hostileQuery } from '../../kit/hostile-query.ts'
import { fixedWidthLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

/** Of a column: more than the widest value of any table but the long texts. */
const WIDTH = 120
/** What stands for NULL, which no table holds. */
const NONE = '~none~'

describe('load.fixed_width on hostile input, read back by extract.fixed_width', () => {
  for (const table of hostileTables)
    it(table.name, async () => {
      const query = hostileQuery(table)
      const before = await lab.session.query(query)
      const fields = table.columns.map(({ name }) => ({ name, width: WIDTH, align: 'left' as const }))
      const written = await lab
        .load(fixedWidthLoad, { path: 'a.txt', fields, null_text: NONE }, query)
        .then(() => undefined, toErrorInfo)
      // A place has one width and one line: what does not fit is refused with its row, its column and the value, and nothing is written.
      const texts = before.rows.flat().map((cell) => cell ?? '')
      const unfit = texts.some((text) => [...text].length > WIDTH || /[\r\n]/.test(text))
      const doubles =
        table.columns.some(({ type }) => /DOUBLE|FLOAT/.test(type)) && texts.some((text) => /nan|inf/i.test(text))
      if (unfit || doubles) {
        expect(written).toMatchObject({
          kind: 'user',
          code: 'fixed.unfit',
          message: expect.stringMatching(/^Row \d+, column /),
        })
        expect(await readdir(lab.root)).toEqual(['.logidata'])
        return
      }
      expect(written).toBeUndefined()
      const back = await lab.extract(fixedWidthExtract, {
        path: 'a.txt',
        trim: 'none',
        fields: table.columns.map(({ name }) => ({ name, width: WIDTH, type: 'VARCHAR' })),
      })
      expect(back.columns.map(({ name }) => name)).toEqual(table.columns.map(({ name }) => name))
      // Blanks are NULL too.
      const trimmed = (rows: readonly (readonly (string | null)[])[]) =>
        rows.map((row) =>
          row.map((cell) =>
            cell === null || cell.trimEnd() === NONE || cell.trim() === '' ? NONE : cell.replace(/ +$/, ''),
          ),
        )
      expect(trimmed(back.rows)).toEqual(trimmed(before.rows))
    })
})

it('without rows, the columns that were named are there', async () => {
  await lab.write('a.txt', '')
  const fields = [
    { name: 'id', width: 4 },
    { name: 'day', width: 10, type: 'DATE' },
  ]
  const { columns, rows } = await lab.extract(fixedWidthExtract, { path: 'a.txt', fields })
  expect(rows).toEqual([])
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'VARCHAR'],
    ['day', 'DATE'],
  ])
})
