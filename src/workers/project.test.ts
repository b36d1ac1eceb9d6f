import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, never, pipeline, type TemporaryProject, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  own.write('data/people.csv', 'name;born;height\nÉmile;02/04/1840;1,74\nZoë;29/09/1902;1,68\n')
  own.write('data/ragged.csv', 'a,b,c\n1,2,3\n4,5\n6,7,8\n')
  own.write('data/lines.ndjson', '{"a": 1, "b": {"c": [1, 2]}}\n{"a": 12345678901234567890, "b": null}\n')
  await own.parquet(
    'data/one.parquet',
    `SELECT 12345678901234567890::DECIMAL(38,0) AS n, 'x'::BLOB AS b, NULL::DATE AS d`,
  )
})
afterAll(() => own.close())

describe('a file of the project', () => {
  test('is shown by its ending, with exact values', async () => {
    const parquet = await own.project.previewFile('data/one.parquet', 10, never)
    expect(parquet.rows).toEqual([['12345678901234567890', '\\x78', null]])
    const json = await own.project.previewFile('data/lines.ndjson', 1, never)
    expect(json).toMatchObject({ more: true })
    expect(json.rows[0]?.[1]).toBe('{"c":[1,2]}')
    const csv = await own.project.previewFile('data/people.csv', 10, never)
    expect(csv).toMatchObject({ more: false, totalRows: 2 })
  })

  test('is refused outside the project, when it is missing and when its kind is unknown', async () => {
    own.write('data/notes.xyz', 'x')
    const codes = []
    for (const path of ['/etc/passwd', 'data/nothing.csv', 'data/notes.xyz'])
      codes.push((await errorOf(own.project.previewFile(path, 10, never))).code)
    expect(codes).toEqual(['file.outside-project', 'file.not-found', 'file.unknown-format'])
  })
})

describe('detecting', () => {
  test('spells out what a CSV file is, and shows its rows so', async () => {
    const { config, preview } = await own.project.detect('extract.csv', { path: 'data/people.csv' }, never)
    expect(config).toMatchObject({ path: 'data/people.csv', delimiter: ';' })
    expect(preview?.rows[0]?.[0]).toBe('Émile')
    expect(preview?.rows.length).toBe(2)
  })

  test('says what is wrong with the settings', async () => {
    expect((await errorOf(own.project.detect('extract.csv', { path: 5 }, never))).code).toBe('config.invalid')
    expect((await errorOf(own.project.detect('extract.nothing', {}, never))).code).toBe('module.unknown')
  })
})

test('a ragged CSV names file, line and reason, and the rest of the pipeline stays previewable', async () => {
  const nodes = {
    ragged: { type: 'extract.csv', config: { path: 'data/ragged.csv', delimiter: ',', header: 'yes' } },
    fine: { type: 'extract.csv', config: { path: 'data/people.csv' } },
  }
  const preview = (nodeId: string) => own.project.preview({ ...pipeline(nodes), nodeId, limit: 10, offset: 0 }, never)
  const error = await errorOf(preview('ragged'))
  expect(error).toMatchObject({ nodeId: 'ragged' })
  expect(error.message).toMatch(/ragged\.csv.*line 3/)
  expect((await preview('fine')).rows.length).toBe(2)
})

describe('a field from the data', () => {
  const nodes = {
    people: { type: 'extract.csv', config: { path: 'data/people.csv' } },
    wide: {
      type: 'transform.pivot',
      inputs: { in: 'people' },
      config: { column: 'name', measures: [{ name: 'n' }], values: [{ value: 'Zoë', name: 'z' }] },
    },
  }
  const suggest = (field: string, config: object = {}) =>
    own.project.suggest(
      {
        ...pipeline({ ...nodes, wide: { ...nodes.wide, config: { ...nodes.wide.config, ...config } } }),
        nodeId: 'wide',
        field,
      },
      never,
    )

  test('keeps what is there and adds what is new, and says that all of the data was read', async () => {
    expect(await suggest('values')).toEqual({
      config: { values: [{ value: 'Zoë', name: 'z' }, { value: 'Émile' }] },
      entries: 2,
      exactness: 'exact',
      more: false,
    })
  })

  test('says what is missing', async () => {
    expect(await errorOf(suggest('values', { column: 'nmae' }))).toMatchObject({ code: 'column.not-found' })
    expect(await errorOf(suggest('measures'))).toMatchObject({ code: 'field.no-suggestion' })
  })
})
