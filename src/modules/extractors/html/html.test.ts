import { afterEach, beforeEach, expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { htmlExtract } from './implementation.ts'

runFixtures(htmlExtract, new URL('./fixtures/', import.meta.url))

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const rowsOf = async (content: string | Buffer) => {
  await lab.write('a.html', content)
  return (await lab.extract(htmlExtract, { path: 'a.html' })).rows
}

it('reads the encoding from the byte order mark, the page, or its bytes', async () => {
  const page = (head: string) => `${head}<table><tr><th>n<tr><td>é €</table>`
  expect(await rowsOf(page(''))).toEqual([['é €']])
  expect(await rowsOf(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(page(''), 'utf16le')]))).toEqual([['é €']])
  const western = (text: string) => Buffer.from(text.replace('€', '\u0080'), 'latin1')
  expect(await rowsOf(western(page('')))).toEqual([['é €']])
  expect(
    await rowsOf(western(page('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'))),
  ).toEqual([['é €']])
})

it('takes pages that are nested as deeply as somebody likes, and refuses a table that is endlessly wide', async () => {
  const deep = '<div>'.repeat(20_000)
  expect(await rowsOf(`${deep}<table><tr><th>n<tr><td>${'<b>'.repeat(5000)}x</table>`)).toEqual([['x']])
  const wide = `<table><tr>${'<td colspan=1000>x'.repeat(11)}</table>`
  expect(await rowsOf(wide).then(() => undefined, toErrorInfo)).toMatchObject({ code: 'html.too-wide' })
})

it('gives the config with what was found', async () => {
  await lab.write('a.html', '<table><tr><th>day<tr><td>31/12/2024</table>')
  const config = htmlExtract.descriptor.config.parse({ path: 'a.html' })
  const request = {
    nodeId: 'n',
    config,
    parameters: new Map(),
    files: lab.files,
    session: lab.session,
    signal: new AbortController().signal,
  }
  expect(await htmlExtract.detect?.(request)).toMatchObject({ columns: { day: { type: 'DATE', format: '%d/%m/%Y' } } })
})

it('a table of nothing but a header has its columns, as texts', async () => {
  await lab.write('a.html', '<table><tr><th>id</th><th>day</th></tr></table>')
  const { columns, rows } = await lab.extract(htmlExtract, { path: 'a.html' })
  expect(rows).toEqual([])
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'VARCHAR'],
    ['day', 'VARCHAR'],
  ])
})
