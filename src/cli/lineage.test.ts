import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../main/testing/temporary-folder.ts'
import { main } from './main.ts'

let folder: string

beforeAll(async () => {
  folder = await temporaryFolder()
  vi.stubEnv('LOGIDATA_HOME', join(folder, 'home'))
  const write = (name: string, text: string) => writeFile(join(folder, `pipelines/${name}.pipeline.yaml`), text)
  await mkdir(join(folder, 'pipelines'))
  await mkdir(join(folder, 'data'))
  await mkdir(join(folder, 'out'))
  await writeFile(join(folder, 'data/a.csv'), 'id,price\n1,2\n')
  await writeFile(join(folder, 'out/sales.csv'), 'id,total\n1,2\n')
  await write(
    'make',
    `format: logidata/v1
name: Make
nodes:
  read: { type: extract.csv, config: { path: data/a.csv } }
  sums:
    type: transform.aggregate
    inputs: { in: read }
    config:
      group_by: [id]
      measures: [{ name: total, function: sum, column: price }]
  out: { type: load.csv, inputs: { in: sums }, config: { path: out/sales.csv } }
`,
  )
  await write(
    'use',
    `format: logidata/v1
name: Use
nodes:
  read: { type: extract.csv, config: { path: "out/*.csv" } }
  big: { type: transform.filter, inputs: { in: read }, config: { condition: total > 3 } }
  out: { type: load.json, inputs: { in: big.match }, config: { path: out/big.json } }
`,
  )
  await write('broken', 'format: logidata/v1\nname: Broken\nnodes:\n  x: { type: nonsense }\n')
})

async function lineage(...args: string[]): Promise<{ code: number; out: string; told: string }> {
  const out: string[] = []
  const told: string[] = []
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0),
  ]
  try {
    return { code: await main(['lineage', '--project', folder, ...args]), out: out.join(''), told: told.join('') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

test('the project: what each pipeline reads and writes; one that is broken says so and the others work', async () => {
  const { code, out } = await lineage()
  expect(code).toBe(0)
  expect(out).toMatch(
    /make\.pipeline\.yaml {2}Make\n {2}reads {3}data\/a\.csv {2}\(read\)\n {2}writes {2}out\/sales\.csv/,
  )
  expect(out).toMatch(/broken\.pipeline\.yaml {2}Broken\n {2}! /)
})

test('a column is followed across pipelines, and the places that name it are told with line and column', async () => {
  const down = await lineage('--column', 'data/a.csv:price', '--downstream')
  expect(down.out).toContain('out/big.json\n    total')
  expect(down.out).toContain('make.pipeline.yaml:10:')
  expect(down.out).not.toContain('Comes from')
  const named = await lineage('--column', 'out/sales.csv:total', '--downstream')
  expect(named.out).toContain('use.pipeline.yaml:5:')
  const up = await lineage(join(folder, 'pipelines/use.pipeline.yaml'), '--column', 'out.total', '--upstream')
  expect(up.out).toContain('data/a.csv\n    price')
})

test('other programs get JSON, OpenLineage, Mermaid and DOT', async () => {
  const json = JSON.parse((await lineage('--format', 'json')).out)
  expect(json.datasets.map(({ id }: { id: string }) => id)).toContain('out/*.csv')
  const jobs = (await lineage('--format', 'openlineage')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(jobs.map(({ job }) => job.name)).toContain('pipelines/make.pipeline.yaml')
  expect((await lineage('--format', 'mermaid')).out).toMatch(/^flowchart LR\n {2}n0\["/)
  expect((await lineage('--format', 'dot', '--column', 'data/a.csv:price')).out).toContain(
    '"out/sales.csv" -> "out/*.csv" [style=dashed',
  )
})

test('wrong use ends with 2', async () => {
  expect(await lineage('--column', 'nowhere')).toMatchObject({ code: 2, told: expect.stringContaining('node.column') })
  expect(await lineage('--format', 'pdf')).toMatchObject({ code: 2 })
})
