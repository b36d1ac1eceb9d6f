import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MailServer, startMailServer } from './mail.ts'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// A run mended on the canvas, a schedule and its mails made on screen, a test saved from the rows, a column followed.

const MENDED = `format: logidata/v1
name: Orders
nodes:
  orders:
    type: extract.csv
    config: { path: data/orders.csv }
  totals:
    type: transform.aggregate
    inputs: { in: orders }
    config:
      group_by: [customer]
      measures: [{ name: total, function: sum, column: amount }]
  first:
    type: load.csv
    inputs: { in: totals }
    config: { path: out/first.csv }
  second:
    type: load.csv
    inputs: { in: totals }
    config: { path: out/taken.csv, mode: fail }
layout:
  orders: [0, 0]
  totals: [240, 0]
  first: [480, 0]
  second: [480, 140]
`
const REPORT = `format: logidata/v1
name: Report
nodes:
  totals:
    type: extract.csv
    config: { path: out/first.csv }
  report:
    type: load.csv
    inputs: { in: totals }
    config: { path: out/report.csv }
layout:
  totals: [0, 0]
  report: [240, 0]
`
const SCHEDULED = `format: logidata/v1
name: Arrivals
nodes:
  arrived:
    type: extract.csv
    config: { path: data/arrived.csv }
  target:
    type: load.csv
    inputs: { in: arrived }
    config: { path: out/arrived.csv }
layout:
  arrived: [0, 0]
  target: [240, 0]
`

let home: string
let studio: Studio
let browser: Browser
let page: Page
let mail: MailServer
const crashes: string[] = []
const inProject = (path: string) => join(home, 'sample-project', path)

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'logidata-e2e-'))
  for (const folder of ['pipelines', 'out', 'data']) mkdirSync(inProject(folder), { recursive: true })
  writeFileSync(inProject('pipelines/a-orders.pipeline.yaml'), MENDED)
  writeFileSync(inProject('pipelines/b-report.pipeline.yaml'), REPORT)
  writeFileSync(inProject('pipelines/c-arrivals.pipeline.yaml'), SCHEDULED)
  writeFileSync(inProject('data/orders.csv'), 'customer,amount\nann,1\nann,2\nbob,5\n')
  writeFileSync(inProject('out/taken.csv'), 'in the way\n')
  mail = await startMailServer()
  studio = await startStudio({ dataDirectory: home })
  browser = await openBrowser()
  page = await (await openContext(browser)).newPage()
  page.on('pageerror', (error) => crashes.push(error.message))
  await page.goto(studio.url)
  await step('orders').waitFor()
})
afterAll(async () => {
  await browser?.close()
  await studio?.stop()
  await mail?.close()
  rmSync(home, { recursive: true, force: true })
})

const canvas = () => page.getByRole('region', { name: 'Pipeline canvas' })
const step = (name: string) => canvas().getByRole('article', { name: new RegExp(`^${name},`) })
const rail = (name: string) => page.getByRole('button', { name, exact: true }).first().click()
const text = (path: string) => (existsSync(inProject(path)) ? readFileSync(inProject(path), 'utf8') : '')
const soon = { timeout: 30_000, interval: 100 }
const TOTALS = ['ann,3', 'bob,5', 'customer,total']
const lines = (path: string) => text(path).trim().split('\n').sort()

test('a run that fails in the middle is mended on the canvas and goes on from what it had computed', async () => {
  await page.getByText('No problems', { exact: true }).waitFor()
  await page.keyboard.press('Control+Enter')
  await page.locator('.toast').getByRole('button', { name: 'Resume' }).waitFor()
  expect(lines('out/first.csv')).toEqual(TOTALS)

  await step('second').click()
  const file = page.getByRole('complementary', { name: 'Inspector' }).last().getByRole('textbox', { name: 'File' })
  await file.first().fill('out/second.csv')
  await file.first().press('Enter')
  await page.getByText('No problems', { exact: true }).waitFor()
  await step('second').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Run from here' }).click()
  await expect.poll(() => lines('out/second.csv'), soon).toEqual(TOTALS)
  expect(lines('out/first.csv')).toEqual(TOTALS)
  expect(text('out/taken.csv')).toBe('in the way\n')

  await rail('Runs')
  const run = page.getByRole('region', { name: 'Orders' })
  await run.getByRole('row', { name: /^totals Reused/ }).waitFor()
  await run.getByRole('row', { name: /^second Done/ }).waitFor()
})

test('a schedule made on screen fires, and a mail server is told of the failure and of the recovery', async () => {
  await rail('Schedules')
  await page.getByRole('button', { name: 'Notifications', exact: true }).click()
  await page.getByRole('button', { name: 'New channel' }).click()
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ops@example.org')
  await page.getByRole('textbox', { name: 'E-mail' }).press('Enter')
  await page.getByText('On the desktop').click()
  await page.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1')
  await page.getByLabel('Security').selectOption('none')
  await page.getByLabel('Port').fill(String(mail.port))
  await page.getByRole('textbox', { name: 'From' }).fill('studio@example.org')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.poll(() => text('schedules.yaml'), soon).toContain('ops@example.org')

  await page.getByRole('button', { name: 'Send a test' }).click()
  await expect.poll(() => mail.mails.length, soon).toBe(1)

  await page.getByRole('button', { name: 'New schedule' }).first().click()
  await page.getByRole('textbox', { name: 'Name' }).fill('arrivals')
  await page.getByRole('combobox', { name: 'Pipeline', exact: true }).selectOption({ label: 'Arrivals' })
  await page
    .getByRole('radio', { name: 'Every' })
    .or(page.getByRole('button', { name: 'Every' }))
    .first()
    .click()
  await page.getByRole('textbox', { name: 'Every' }).fill('2s')
  await page.getByText('me', { exact: true }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: /^arrivals/ }).waitFor()
  await page.getByText('Run on this computer').click()

  await expect.poll(() => mail.mails.length, soon).toBe(2)
  expect(mail.mails[1]?.to).toEqual(['ops@example.org'])
  expect(mail.mails[1]?.text).toMatch(/Subject: \[LogiData\] Arrivals failed/)

  writeFileSync(inProject('data/arrived.csv'), 'id\n1\n')
  await expect.poll(() => mail.mails.length, soon).toBe(3)
  expect(mail.mails[2]?.text).toMatch(/Subject: \[LogiData\] Arrivals (?!failed)/)
  expect(text('out/arrived.csv')).toBe('id\n1\n')
  await page.getByText('Run on this computer').click()
  await rail('Runs')
  await page.getByText('Schedule arrivals').first().waitFor()
})

test('what the rows show becomes a test, which fails once the pipeline gives something else', async () => {
  await rail('Pipelines')
  await step('totals').click()
  const data = page.getByRole('region', { name: 'Data' })
  await data.getByRole('gridcell', { name: 'bob' }).waitFor()
  await data.getByRole('button', { name: 'Save as test' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Totals')
  await dialog.getByRole('cell', { name: 'bob' }).waitFor()
  await dialog.getByRole('button', { name: 'Save the test' }).click()
  const tests = page.getByRole('complementary', { name: 'Tests' })
  await tests.getByText('passed', { exact: true }).first().waitFor({ state: 'attached' })

  const file = inProject('tests/totals.test.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/\bbob\b(?![\s\S]*\bbob\b)/, 'bea'))
  await page.getByRole('button', { name: 'Run all tests' }).click()
  await tests.getByText('failed', { exact: true }).first().waitFor({ state: 'attached' })
  await tests
    .getByRole('button', { name: /failed/ })
    .first()
    .click()
  const report = page.getByRole('region').filter({ hasText: 'only expected' }).first()
  await report.getByRole('cell', { name: 'bea' }).waitFor()
  await report.getByRole('cell', { name: 'bob' }).waitFor()
})

test('a column is followed through two pipelines, and what it decides is said', async () => {
  await rail('Lineage')
  await page
    .getByRole('article', { name: 'orders.csv' })
    .getByRole('button', { name: /^amount/ })
    .click()
  const panel = page.getByRole('complementary', { name: 'Lineage' })
  await panel.getByText('out/report.csv', { exact: true }).waitFor()
  await panel.getByText('out/first.csv', { exact: true }).waitFor()
  await panel.getByText('pipelines/b-report.pipeline.yaml').first().waitFor()
  await panel.getByRole('heading', { name: 'Named in' }).waitFor()
  await panel.getByRole('button', { name: /^totals · measures/ }).click()
  await step('totals').waitFor()
  expect(crashes).toEqual([])
})

test('a column gets another name by F2 and by its menu, wherever it is used and in the tests', async () => {
  const data = page.getByRole('region', { name: 'Data' })
  const dialog = page.getByRole('dialog')
  const pipeline = () => text('pipelines/a-orders.pipeline.yaml')
  await step('totals').click()
  await data.getByRole('gridcell', { name: 'bob' }).waitFor()
  await data.getByRole('columnheader', { name: /total/ }).click()
  await page.keyboard.press('F2')
  await dialog.getByLabel('New name').fill('spent')
  await dialog.getByText('tests/totals.test.yaml').waitFor()
  await dialog.getByRole('button', { name: 'Rename', exact: true }).click()
  await expect.poll(() => text('tests/totals.test.yaml'), soon).toContain('name: spent')
  await expect.poll(pipeline, soon).toContain('name: spent')

  await step('orders').click()
  await data.getByRole('columnheader', { name: /amount/ }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Rename everywhere/ }).click()
  await dialog.getByLabel('New name').fill('paid')
  await dialog.getByRole('button', { name: /^totals/ }).waitFor()
  await dialog.getByRole('button', { name: 'Rename', exact: true }).click()
  await expect.poll(pipeline, soon).toContain('column: paid')
  await page.getByText('No problems', { exact: true }).waitFor()
  expect(crashes).toEqual([])
})
