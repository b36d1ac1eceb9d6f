import { spawn } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { SHIPPED_SAMPLE } from '../../src/main/projects/sample-project.ts'
import { temporaryFolder } from '../../src/main/testing/temporary-folder.ts'

const ENTRY = fileURLToPath(new URL('../../bin/logidata.js', import.meta.url))

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

let root = ''
beforeAll(async () => {
  root = join(await temporaryFolder(), 'sample')
  await cp(SHIPPED_SAMPLE, root, { recursive: true })
})

function logidata(...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [ENTRY, ...args], {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', LOGIDATA_HOME: join(root, '..', 'home') },
    })
    let out = ''
    let error = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, error }))
  })
}

const REVENUE = 'tests/revenue.test.yaml'
const change = async (from: string, to: string) => {
  const text = await readFile(join(root, REVENUE), 'utf8')
  expect(text).toContain(from)
  await writeFile(join(root, REVENUE), text.replace(from, to))
  return () => writeFile(join(root, REVENUE), text)
}

describe('logidata test', () => {
  test('passes on the sample project', async () => {
    const { code, out, error } = await logidata('test', '--junit', 'report.xml')
    expect(error).toContain('5 tests: 5 passed')
    expect(out.match(/✓/g)).toHaveLength(5)
    expect(code).toBe(0)
    const suites = elements(await readFile(join(root, 'report.xml'), 'utf8'))
    expect(suites[0]).toMatchObject({ name: 'testsuites', attributes: { tests: '5', failures: '0', errors: '0' } })
  })

  test('shows what differs, and writes it for build servers', async () => {
    const restore = await change(
      '[France, 2022, 8.91, 1, 9]\n          - [Norway, 2025, 15.84, 2, 10]',
      '[France, 2022, 8.92, 1, 9]\n          - [Sweden <&>, 2025, 15.84, 2, 10]',
    )
    const { code, out, error } = await logidata('test', REVENUE, '--junit', 'report.xml')
    const xml = await readFile(join(root, 'report.xml'), 'utf8')
    await restore()
    expect(code).toBe(1)
    expect(error).toContain('3 tests: 1 failed, 2 passed')
    expect(out).toMatch(/✗ counts an invoice once that is in both files/)
    expect(out.split('\n').map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        'by_country: 1 row changed, 1 row missing, 1 row unexpected.',
        '- expected  + came, told apart by billing_country, year',
        'billing_country  year  revenue  invoices  tracks',
        '- France           2022   8.92 *         1       9',
        '+ France           2022   8.91 *         1       9',
        '- Sweden <&>       2025    15.84         2      10',
        '+ Norway           2025    15.84         2      10',
      ]),
    )
    const found = elements(xml)
    expect(found.map(({ name }) => name)).toEqual([
      'testsuites',
      'testsuite',
      'testcase',
      'failure',
      'testcase',
      'testcase',
    ])
    for (const { name, attributes } of found) {
      const required = REQUIRED[name] ?? []
      expect(Object.keys(attributes)).toEqual(expect.arrayContaining([...required]))
      for (const key of ['tests', 'failures', 'errors', 'skipped']) expect(attributes[key] ?? '0').toMatch(/^\d+$/)
      expect(attributes.time ?? '0.000').toMatch(/^\d+\.\d{3}$/)
    }
    expect(found[1]?.attributes).toMatchObject({ name: REVENUE, tests: '3', failures: '1', errors: '0' })
    expect(found[3]?.text).toContain('- Sweden &lt;&amp;&gt;')
  })

  test('writes what came as expected, and nothing else', async () => {
    const before = await readFile(join(root, REVENUE), 'utf8')
    await change('[France, 2022, 8.91, 1, 9]\n          - [Norway', '[France, 2022, 8.92, 1, 9]\n          - [Norway')
    const { code, error } = await logidata('test', REVENUE, '--update')
    expect(error).toContain(`${REVENUE}: updated, 1 output`)
    expect(code).toBe(0)
    expect(await readFile(join(root, REVENUE), 'utf8')).toBe(before)
  })

  test('prints JSON, takes a filter, and ends with 2 where it is used wrongly', async () => {
    const { code, out } = await logidata('test', '--json', '--filter', 'FIRST DAY')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      passed: 1,
      failed: 0,
      files: [{ path: REVENUE, cases: [{ name: 'begins with the first day that counts', state: 'passed' }] }],
    })
    expect((await logidata('test', '--filter', 'no such case')).code).toBe(2)
    expect((await logidata('test', 'tests/none.test.yaml')).code).not.toBe(0)
    expect((await logidata('test', '--unknown')).code).toBe(2)
  })

  test('says where a file is wrong', async () => {
    await writeFile(
      join(root, 'tests/broken.test.yaml'),
      'format: logidata-test/v1\nname: x\npipeline: none.pipeline.yaml\nexpect: { a: { count: some } }\n',
    )
    const { code, out } = await logidata('test', 'tests/broken.test.yaml')
    expect(code).toBe(1)
    expect(out).toContain('tests/broken.test.yaml:4:23: “expect.a.count”: write a number of rows')
  })
})

describe('logidata diff', () => {
  test('compares two versions over the same inputs', async () => {
    const file = 'pipelines/seattle-weather.pipeline.yaml'
    const text = await readFile(join(root, file), 'utf8')
    const other = 'pipelines/other.pipeline.yaml'
    await writeFile(
      join(root, other),
      text
        .replace('(temp_max + temp_min) / 2', 'temp_max')
        .replace("location = 'Seattle'", "location = 'Seattle' AND date <> DATE '2012-01-01'"),
    )
    const same = await logidata('diff', file, file, '--node', 'seattle_days')
    expect(same).toMatchObject({ code: 0, out: '' })
    const { code, out, error } = await logidata('diff', file, other, '--node', 'seattle_days', '--limit', '2')
    expect(code).toBe(1)
    expect(error).toMatch(/1461 rows old, 1460 new: \d+ rows the same, \d+ changed, 1 only old, 0 only new/)
    expect(out).toContain('told apart by date')
    const { counts, keys } = JSON.parse(
      (await logidata('diff', file, other, '--node', 'seattle_days', '--key', 'date,location', '--json')).out,
    )
    expect(keys).toEqual(['date', 'location'])
    expect(Number(counts.unchanged) + Number(counts.changed)).toBe(1460)
    expect((await logidata('diff', file, other, '--node', 'nobody')).code).toBe(2)
  })
})

/** Attributes without which build servers refuse a report. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['tests', 'failures', 'errors', 'time'],
  testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'],
  testcase: ['name', 'classname', 'time'],
  failure: ['message', 'type'],
}

/** Elements in the order in which they begin. Fails where tags are not closed in the order in which they were opened. */
function elements(xml: string) {
  const found: { name: string; attributes: Record<string, string>; text: string }[] = []
  const open: string[] = []
  expect(xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>')).toBe(true)
  for (const [, end, name = '', inside = '', empty, text = ''] of xml.matchAll(
    /<(\/?)([a-z]+)((?:\s[a-z]+="[^"<]*")*)\s*(\/?)>([^<]*)/g,
  )) {
    if (end) expect(open.pop()).toBe(name)
    else {
      const attributes = Object.fromEntries(
        [...inside.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
      )
      found.push({ name, attributes, text })
      if (!empty) open.push(name)
    }
  }
  expect(open).toEqual([])
  expect(xml.replaceAll(/&(?:amp|lt|gt|quot|#\d+);/g, '')).not.toContain('&')
  return found
}
