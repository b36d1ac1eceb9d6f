import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// Runs that fail and go on, rows that are turned down and come back, and runs that start by themselves.

const FILE = `format: logidata/v1
name: People
nodes:
  people:
    type: extract.inline
    config:
      columns: [{ name: id, type: BIGINT }, { name: age, type: VARCHAR }]
      rows: [["1", "30"], ["2", "old"], ["3", "forty"], ["4", "41"]]
  check:
    type: transform.cast
    inputs: { in: people }
    config: { casts: [{ columns: [age], type: INTEGER }], on_error: reject }
  first:
    type: load.csv
    inputs: { in: check }
    config: { path: out/first.csv }
  second:
    type: load.csv
    inputs: { in: check }
    config: { path: out/second.csv, mode: fail }
layout:
  people: [0, 0]
  check: [240, 0]
  first: [480, 0]
  second: [480, 140]
`
const SCHEDULED = `format: logidata/v1
name: Often
nodes:
  one:
    type: extract.inline
    config:
      columns: [{ name: id, type: BIGINT }]
      rows: [["1"]]
  target:
    type: load.csv
    inputs: { in: one }
    config: { path: out/often.csv }
layout:
  one: [0, 0]
  target: [240, 0]
`

let home: string
let studio: Studio
let browser: Browser
let page: Page
const crashes: string[] = []
const inProject = (path: string) => join(home, 'sample-project', path)

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'logidata-e2e-'))
  for (const folder of ['pipelines', 'out']) mkdirSync(inProject(folder), { recursive: true })
  writeFileSync(inProject('pipelines/a-people.pipeline.yaml'), FILE)
  writeFileSync(inProject('pipelines/often.pipeline.yaml'), SCHEDULED)
  writeFileSync(inProject('out/second.csv'), 'in the way\n')
  studio = await startStudio({ dataDirectory: home })
  browser = await openBrowser()
  page = await (await openContext(browser)).newPage()
  page.on('pageerror', (error) => crashes.push(error.message))
  await page.goto(studio.url)
  await step('people').waitFor()
})
afterAll(async () => {
  await browser?.close()
  await studio?.stop()
  rmSync(home, { recursive: true, force: true })
})

const canvas = () => page.getByRole('region', { name: 'Pipeline canvas' })
const step = (name: string) => canvas().getByRole('article', { name: new RegExp(`^${name},`) })
const rail = (name: string) => page.getByRole('button', { name, exact: true }).first().click()
const text = (path: string) => (existsSync(inProject(path)) ? readFileSync(inProject(path), 'utf8') : '')
const soon = { timeout: 30_000, interval: 100 }

test('a run that fails in the middle goes on once its cause is gone, and does nothing twice', async () => {
  await page.getByText('No problems', { exact: true }).waitFor()
  await page.keyboard.press('Control+Enter')
  const resume = page.locator('.toast').getByRole('button', { name: 'Resume' })
  await resume.waitFor()
  expect(text('out/second.csv')).toBe('in the way\n')

  rmSync(inProject('out/second.csv'))
  await resume.click()
  await expect.poll(() => text('out/second.csv'), soon).toBe('id,age\n1,30\n4,41\n')
  expect(text('out/first.csv')).toBe('id,age\n1,30\n4,41\n')
  await rail('Runs')
  const run = page.getByRole('region', { name: 'People' })
  await run.getByText('Attempt 2 · Succeeded').waitFor()
})

test('rejected rows are looked at, repaired, left out and replayed, and exported', async () => {
  await page.getByRole('tab', { name: 'Rejected rows' }).click()
  const grid = page.getByRole('grid')
  await grid.getByText('old', { exact: true }).dblclick()
  const cell = grid.getByRole('textbox', { name: 'age' })
  await cell.fill('52')
  await cell.press('Enter')
  await grid.locator('.cell-changed').getByText('52').waitFor()
  await grid.getByRole('checkbox', { name: 'Replay row 2' }).click()
  await page.getByText('1 cell changed').waitFor()
  await picture('rejects')

  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('out/rejects.csv')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await expect.poll(() => text('out/rejects.csv'), soon).toMatch(/^id,age,.*\n2,old,.*\n3,forty,/)

  await page.getByRole('button', { name: 'Replay 1 row' }).click()
  await page.getByText('Replay of', { exact: false }).first().waitFor()
  await expect.poll(() => text('out/first.csv'), soon).toBe('id,age\n1,30\n4,41\n2,52\n')
  await expect.poll(() => text('out/second.csv'), soon).toBe('id,age\n1,30\n4,41\n2,52\n')
  expect(crashes).toEqual([])
})

test('a schedule starts runs by itself', async () => {
  writeFileSync(
    inProject('schedules.yaml'),
    'format: logidata-schedules/v1\nschedules:\n  often:\n    pipeline: pipelines/often.pipeline.yaml\n    trigger: { every: 1s }\n',
  )
  await rail('Schedules')
  await page.getByText('often').first().waitFor()
  await page.getByText('Run on this computer').click()
  await expect.poll(() => text('out/often.csv'), soon).toBe('id\n1\n')
  await rail('Runs')
  await page.getByText('Schedule often').first().waitFor()
  await rail('Schedules')
  await page.getByText('Run on this computer').click()
  expect(crashes).toEqual([])
})

/** For the eye: `LOGIDATA_PICTURES` names the folder. */
async function picture(name: string): Promise<void> {
  const folder = process.env.LOGIDATA_PICTURES
  if (folder === undefined) return
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.screenshot({ path: join(folder, `${name}-${theme}.png`) })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
