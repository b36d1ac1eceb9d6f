import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../main/testing/temporary-folder.ts'
import { logidata } from './testing/logidata.ts'

const SALES = `# asked for by finance
format: logidata/v1
name: Sales
parameters:
  least: { type: decimal, default: 3 }
nodes:
  sales:
    type: extract.inline
    config:
      columns: [{ name: country, type: VARCHAR }, { name: total, type: "DECIMAL(10,2)" }]
      rows: [["France", "10.50"], ["Germany", "3"], ["France", "2.25"]]
  big: { type: transform.filter, inputs: { in: sales }, config: { condition: total >= $least } }
  out: { type: load.csv, inputs: { in: big }, config: { path: out/sales.csv } }
`
const BAD = SALES.replace('total >= $least', 'totl >= $least')

let folder: string
let sales: string
let bad: string

beforeEach(async () => {
  folder = await temporaryFolder()
  vi.stubEnv('LOGIDATA_HOME', join(folder, 'home'))
  await mkdir(join(folder, 'pipelines'))
  sales = join(folder, 'pipelines/sales.pipeline.yaml')
  bad = join(folder, 'pipelines/bad.pipeline.yaml')
  await writeFile(sales, SALES)
  await writeFile(bad, BAD)
})

test('run prints a row for each node, with its rows and what it wrote', async () => {
  const { code, out } = await logidata('run', sales)
  expect(code).toBe(0)
  expect(out).toMatch(/sales\s+done\s+3/)
  expect(out).toMatch(/out\s+done\s+2\s+\d+ ms\s+out\/sales\.csv/)
  expect(await readFile(join(folder, 'out/sales.csv'), 'utf8')).toBe('country,total\nFrance,10.50\nGermany,3.00\n')
})

test('run --json gives the same to programs, with the parameters that were given', async () => {
  const { code, out } = await logidata('run', sales, '--json', '--parameter', 'least=10')
  expect(code).toBe(0)
  const { state, nodes } = JSON.parse(out)
  expect(state).toBe('succeeded')
  expect(nodes.out).toMatchObject({ state: 'done', rows: { in: 1 }, written: ['out/sales.csv'] })
})

test('run of a wrong pipeline fails, and says where and what to do', async () => {
  const { code, told } = await logidata('run', bad)
  expect(code).toBe(1)
  expect(told).toContain('bad.pipeline.yaml:12:')
  expect(told).toContain('Did you mean “total”?')
})

test('validate tells the problems of each file, to people and to programs', async () => {
  const people = await logidata('validate', sales, bad)
  expect(people.code).toBe(1)
  expect(people.out + people.told).toMatch(/big: There is no column “totl”/)
  const programs = await logidata('validate', bad, '--json')
  expect(JSON.parse(programs.out)).toMatchObject({ valid: false, problems: [{ nodeId: 'big', line: 12 }] })
})

test('preview prints types and rows of a port, and writes nothing', async () => {
  const { code, out } = await logidata('preview', sales, 'big.rest')
  expect(code).toBe(0)
  expect(out).toContain('DECIMAL(10,2)')
  expect(out).toMatch(/France\s+2\.25/)
  await expect(readFile(join(folder, 'out/sales.csv'))).rejects.toThrow('ENOENT')
})

test('format prints the canonical text with its comments, checks and writes it', async () => {
  const printed = await logidata('format', sales)
  expect(printed.out).toContain('# asked for by finance')
  expect(await logidata('format', sales, '--check')).toMatchObject({ code: 1 })
  expect(await logidata('format', sales, '--write')).toMatchObject({ code: 0 })
  expect(await readFile(sales, 'utf8')).toBe(printed.out)
  expect(await logidata('format', sales, '--check')).toMatchObject({ code: 0 })
})

test('modules lists the steps, and documents one', async () => {
  const list = await logidata('modules')
  expect(list.out).toMatch(/transform\.join/)
  const one = await logidata('modules', 'transform.join')
  expect(one.out).toContain('left_rest')
  expect((await logidata('modules', 'join')).out).toBe(one.out)
  expect(await logidata('modules', 'transform.joint')).toMatchObject({ code: 2 })
  expect(await logidata('modules', 'csv')).toMatchObject({
    code: 2,
    told: expect.stringContaining('extract.csv, load.csv'),
  })
})

test('schema prints a JSON Schema that knows every step', async () => {
  const { code, out } = await logidata('schema')
  expect(code).toBe(0)
  expect(JSON.stringify(JSON.parse(out))).toContain('transform.deduplicate')
})

test('wrong use ends with 2', async () => {
  expect(await logidata('run', join(folder, 'nowhere.pipeline.yaml'))).toMatchObject({ code: 2 })
  expect(await logidata('rum')).toMatchObject({ code: 2 })
})
