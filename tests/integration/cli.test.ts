import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { openJournalToRead } from '../../src/main/journal/open-journal.ts'
import { JournalReader } from '../../src/main/journal/read-journal.ts'
import { temporaryFolder } from '../../src/main/testing/temporary-folder.ts'

const ENTRY = fileURLToPath(new URL('../../bin/logidata.js', import.meta.url))

const SALES = `# monthly
format: logidata/v1
name: Sales
parameters:
  least: { type: decimal, default: 3 }
nodes:
  sales:
    type: extract.inline
    config:
      columns: [{ name: country, type: VARCHAR }, { name: total, type: "DECIMAL(10,2)" }]
      rows: [["France", "10.50"], ["Germany", "3"], ["France", "2.25"], ["日本\\e[31m", null]]
  big:
    type: transform.filter
    inputs: { in: sales }
    config: { condition: total >= $least }
  out:
    type: load.csv
    inputs: { in: big }
    config: { path: out/sales.csv }
`
const BAD = `format: logidata/v1
name: Bad
nodes:
  sales:
    type: extract.inline
    config:
      columns: [{ name: country, type: VARCHAR }]
      rows: [[France]]
  big:
    type: transform.filter
    inputs: { in: sales }
    config: { condition: totl >= 3 }
  odd:
    type: transform.nothing
  out:
    type: load.csv
    inputs: { in: big }
    config: { path: out/bad.csv }
`
const SLOW = `format: logidata/v1
name: Slow
nodes:
  many:
    type: extract.inline
    config:
      columns: [{ name: n, type: BIGINT }]
      rows: [["1"], ["2"]]
  slow:
    type: transform.filter
    inputs: { in: many }
    config: { condition: "(SELECT count(*) FROM range(200000) a, range(n * 1000000) b WHERE a.range <> b.range) > 0" }
  out:
    type: load.csv
    inputs: { in: slow }
    config: { path: out/slow.csv }
`

let root: string
let home: string

beforeAll(async () => {
  const folder = await temporaryFolder()
  root = join(folder, 'project')
  home = join(folder, 'home')
  await mkdir(join(root, 'pipelines'), { recursive: true })
  await writeFile(join(root, 'pipelines/sales.pipeline.yaml'), SALES)
  await mkdir(join(folder, 'bad/pipelines'), { recursive: true })
  await writeFile(join(folder, 'bad/pipelines/bad.pipeline.yaml'), BAD)
  await writeFile(join(folder, 'bad/pipelines/broken.pipeline.yaml'), 'format: logidata/v1\nname: [x\n')
  await writeFile(join(folder, 'slow.pipeline.yaml'), SLOW)
})

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function start(args: readonly string[], cwd = root, environment: Record<string, string> = {}) {
  const env = { ...process.env, LOGIDATA_HOME: home, ...environment }
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const ended = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ code, out, err })))
  return { child, ended, soFar: () => err }
}

async function logidata(...args: string[]): Promise<Outcome> {
  const outcome = await start(args).ended
  // Whatever happens, nobody is shown a stack.
  expect(outcome.out + outcome.err).not.toMatch(/^\s+at .*[.](ts|js):\d+/m)
  return outcome
}

const sales = 'pipelines/sales.pipeline.yaml'
const bad = '../bad/pipelines/bad.pipeline.yaml'
const broken = '../bad/pipelines/broken.pipeline.yaml'

function nodesOfLastRun(project: string): number {
  let db: ReturnType<typeof openJournalToRead>
  try {
    db = openJournalToRead(project)
    if (!db) return 0
    const journal = new JournalReader(db)
    const [run] = journal.list({ limit: 1 }).runs
    return run ? journal.nodes(run.number, run.attempt).length : 0
  } catch {
    // It is just being made.
    return 0
  } finally {
    db?.close()
  }
}

describe('run', () => {
  test('writes what the pipeline says, and shows rows and files of every node', async () => {
    const { code, out, err } = await logidata('run', sales)
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toMatch(/^NODE +STATE +ROWS +TIME +WRITTEN$/)
    expect(out).toMatch(/^sales +done +4 +\d+ ms$/m)
    expect(out).toMatch(/^out +done +2 +\d+ ms +out\/sales[.]csv$/m)
    expect(err.match(/^big: done$/gm)).toHaveLength(1)
    expect(err).toMatch(/Run succeeded after \d+[.]\d+ s/)
    expect(await readFile(join(root, 'out/sales.csv'), 'utf8')).toBe('country,total\nFrance,10.50\nGermany,3.00\n')
  })

  test('--json has state, rows, time and files of every node, and nothing else on stdout', async () => {
    const { code, out } = await logidata('run', sales, '--json', '--parameter', 'least=5')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      runId: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
      checks: [],
      pushdown: {},
      state: 'succeeded',
      milliseconds: expect.any(Number),
      error: null,
      nodes: {
        sales: { state: 'done', rows: { out: 4 }, milliseconds: expect.any(Number), written: [], error: null },
        big: { state: 'done', rows: { match: 1, rest: 3 }, milliseconds: expect.any(Number), written: [], error: null },
        out: {
          state: 'done',
          rows: { in: 1 },
          milliseconds: expect.any(Number),
          written: ['out/sales.csv'],
          error: null,
        },
      },
    })
  })

  test('of a wrong pipeline fails with 1 and names place, node and cure', async () => {
    const { code, out, err } = await logidata('run', bad, '--json')
    expect(code).toBe(1)
    const report = JSON.parse(out)
    expect(report.state).toBe('failed')
    expect(report.nodes.big).toMatchObject({ state: 'failed', error: { code: 'column.not-found', nodeId: 'big' } })
    expect(report.nodes.out.state).toBe('skipped')
    expect(err).not.toContain('{')
    const forPeople = await logidata('run', bad)
    expect(forPeople.code).toBe(1)
    expect(forPeople.err).toContain(`${bad}:12:26: big: There is no column “totl”.`)
  })

  test('of a file with a part that it cannot read runs nothing, rather than the rest of it', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'typo.pipeline.yaml')
    await writeFile(file, SALES.replace('config: { condition:', 'confg: { condition:'))
    const { code, err } = await logidata('run', file)
    expect(code).toBe(1)
    expect(err).toContain(`${file}:15:12: big: `)
    expect(err).toContain('confg')
    expect(existsSync(join(folder, 'out/sales.csv'))).toBe(false)
  })

  test.each([
    [['--parameter', 'least=abc'], 'least'],
    [['--parameter', 'lest=1'], 'lest'],
    [['--parameter', 'least'], 'name=value'],
    [['--only', 'nobody'], 'nobody'],
    [['--project', 'nowhere'], 'nowhere'],
    [['--frobnicate'], '--frobnicate'],
  ])('%j is wrong use', async (args, named) => {
    const { code, out, err } = await logidata('run', sales, ...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(named)
    const program = await logidata('run', sales, ...args, '--json')
    expect(program.code).toBe(2)
    expect(JSON.parse(program.out).error.message).toContain(named)
  })

  test('an environment variable reaches a pipeline only by its name or with --env', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'env.pipeline.yaml')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a pipeline.
    const text = SALES.replace('out/sales.csv', '"out/${env:TARGET_NAME}.csv"')
    await writeFile(file, text)
    const environment = { TARGET_NAME: 'by-env', LOGIDATA_NAME: 'by-prefix' }
    const refused = await start(['run', file, '--json'], root, environment).ended
    expect(refused.code).toBe(1)
    expect(refused.out).toContain('TARGET_NAME')
    expect(refused.out).not.toContain('by-env')
    expect((await start(['run', file, '--env', 'TARGET_NAME'], root, environment).ended).code).toBe(0)
    expect(existsSync(join(folder, 'out/by-env.csv'))).toBe(true)
    await writeFile(file, text.replace('TARGET_NAME', 'LOGIDATA_NAME'))
    expect((await start(['run', file], root, environment).ended).code).toBe(0)
    expect(existsSync(join(folder, 'out/by-prefix.csv'))).toBe(true)
  })

  test('Ctrl-C cancels it: 130, and nothing is written', async () => {
    const { child, ended } = start(['run', '../slow.pipeline.yaml', '--json'])
    // Until it says in the journal what its nodes are.
    for (let nodes = 0; nodes === 0; ) {
      await sleep(200)
      nodes = nodesOfLastRun(join(root, '..'))
    }
    child.kill('SIGINT')
    const { code, out } = await ended
    expect(code).toBe(130)
    expect(JSON.parse(out)).toMatchObject({ state: 'cancelled', nodes: { out: { state: 'cancelled' } } })
    expect(existsSync(join(root, '../out/slow.csv'))).toBe(false)
  })
})

describe('validate', () => {
  test('of a good project is quiet on stdout', async () => {
    const { code, out, err } = await logidata('validate')
    expect([code, out]).toEqual([0, ''])
    expect(err).toContain('pipelines/sales.pipeline.yaml: valid, 3 nodes')
  })

  test('prints file:line:column: node: message for each problem, with 1', async () => {
    const { code, out } = await logidata('validate', bad, broken, sales)
    expect(code).toBe(1)
    const places = out.split('\n').filter((line) => line.includes('.yaml:'))
    expect(places[0]).toBe(`${bad}:12:26: big: There is no column “totl”.`)
    expect(places.every((line) => /^[^:]+:\d+:\d+: .+/.test(line))).toBe(true)
    expect(out).toContain('odd: There is no module “transform.nothing”.')
    expect(out).toContain(`${broken}:`)
    expect(out).not.toContain('sales.pipeline.yaml')
  })

  test('prints what a person should decide as a warning, with 0', async () => {
    const path = join(root, '../ambiguous.pipeline.yaml')
    await writeFile(join(root, 'days.csv'), 'id,day\n1,05/06/2024\n2,07/08/2024\n')
    const days = 'nodes:\n  days:\n    type: extract.csv\n    config: { path: days.csv }\n'
    await writeFile(path, `format: logidata/v1\nname: Days\n${days}`)
    const { code, out } = await logidata('validate', path, '--project', root)
    expect(out).toContain('warning: days: Column day stays text')
    expect(out).toContain('Set "date_format" to dd/MM/yyyy or MM/dd/yyyy')
    expect(code).toBe(0)
  })

  test('--json lists problems with their places', async () => {
    const { code, out } = await logidata('validate', bad, '--json')
    const { valid, problems } = JSON.parse(out)
    expect([code, valid]).toEqual([1, false])
    expect(problems[0]).toMatchObject({ file: bad, line: 12, column: 26, nodeId: 'big', code: 'column.not-found' })
  })
})

describe('preview', () => {
  test('is a table with types, numbers to the right, NULL told from text, and no escape sequence of the data', async () => {
    const { code, out } = await logidata('preview', sales, 'sales')
    expect(code).toBe(0)
    expect(out).toBe(
      [
        'country                 total',
        'VARCHAR         DECIMAL(10,2)',
        'France                  10.50',
        'Germany                  3.00',
        'France                   2.25',
        '日本\\u001b[31m           NULL',
        '',
      ].join('\n'),
    )
  })

  test('of a port, as JSON, with a limit', async () => {
    const { out } = await logidata('preview', sales, 'big.rest', '--limit', '1', '--json')
    expect(JSON.parse(out)).toMatchObject({
      columns: [
        { name: 'country', type: 'VARCHAR' },
        { name: 'total', type: 'DECIMAL(10,2)' },
      ],
      rows: [['France', '2.25']],
      exactness: 'exact',
      more: true,
    })
  })

  test('of a node behind an error fails; the nodes before it do not', async () => {
    expect((await logidata('preview', bad, 'big')).code).toBe(1)
    expect((await logidata('preview', bad, 'sales')).out).toContain('France')
  })

  test('an unknown node or limit is wrong use', async () => {
    expect(await logidata('preview', sales, 'nobody')).toMatchObject({
      code: 2,
      err: expect.stringContaining('sales, big, out'),
    })
    expect((await logidata('preview', sales, 'big', '--limit', '0')).code).toBe(2)
    expect((await logidata('preview', sales)).code).toBe(2)
  })
})

describe('format', () => {
  test('prints the canonical text with its comments; --check says whether it is there already; --write puts it there', async () => {
    const file = join(root, 'format.pipeline.yaml')
    const link = join(root, 'link.pipeline.yaml')
    await writeFile(file, SALES)
    await symlink(file, link)
    const { out } = await logidata('format', file)
    expect(out).toContain('# monthly')
    expect(out).not.toBe(SALES)
    expect(await logidata('format', file, '--check')).toMatchObject({
      code: 1,
      out: `${file}: not in canonical form\n`,
    })
    expect(await readFile(file, 'utf8')).toBe(SALES)
    expect((await logidata('format', link, '--write')).code).toBe(0)
    expect(await readFile(file, 'utf8')).toBe(out)
    expect(await logidata('format', file, '--check')).toMatchObject({ code: 0, out: '' })
    expect((await logidata('format', file)).out).toBe(out)
  })

  test('leaves a file alone that it cannot read', async () => {
    const before = await readFile(join(root, broken), 'utf8')
    expect((await logidata('format', broken, '--write')).code).toBe(1)
    expect(await readFile(join(root, broken), 'utf8')).toBe(before)
  })
})

describe('what there is to know', () => {
  test('modules lists all, and documents one with its settings and an example', async () => {
    expect((await logidata('modules')).out).toMatch(/^transform[.]filter +shape +\S/m)
    const { out } = await logidata('modules', 'transform.filter')
    for (const part of ['condition', 'match, rest', 'Example']) expect(out).toContain(part)
    expect(JSON.parse((await logidata('modules', 'filter', '--json')).out).type).toBe('transform.filter')
    expect((await logidata('modules', 'nothing')).code).toBe(2)
  })

  test('schema is a JSON Schema that knows the modules', async () => {
    const { code, out } = await logidata('schema')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toHaveProperty('$schema')
    expect(out).toContain('transform.filter')
  })

  test('every command has help with an example, and no command at all is wrong use', async () => {
    for (const command of ['validate', 'preview', 'run', 'schema', 'modules', 'format']) {
      const { code, out } = await logidata(command, '--help')
      expect(code).toBe(0)
      expect(out).toContain(`$ logidata ${command}`)
    }
    expect((await logidata('--help')).out).toContain('Exit codes')
    expect((await logidata('--version')).out).toMatch(/^\d+[.]\d+[.]\d+\n$/)
    expect((await logidata()).code).toBe(2)
    expect((await logidata('frobnicate')).code).toBe(2)
  })

  test.each([
    ['a file that is not there', ['run', 'nothing.pipeline.yaml']],
    ['a folder', ['run', 'pipelines']],
  ])('%s is wrong use', async (_, args) => {
    expect((await logidata(...args)).code).toBe(2)
    expect(JSON.parse((await logidata(...args, '--json')).out).error.code).toBe('usage.file')
  })
})

test('a reader that closes the pipe early sees no error', async () => {
  const child = spawn(process.execPath, [ENTRY, 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let told = ''
  child.stderr.on('data', (data) => {
    told += data
  })
  child.stdout.destroy()
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect({ code, told }).toEqual({ code: 0, told: '' })
})
