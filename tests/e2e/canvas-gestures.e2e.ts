import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// What only the mouse can do on the canvas: join ports, draw a frame around nodes, drag them; and moving by keys.

const FILE = `format: logidata/v1
name: Gestures
nodes:
  people:
    type: extract.inline
    config:
      columns: [{ name: age, type: BIGINT }]
      rows: [["17"], ["42"]]
  adults:
    type: transform.filter
    config: { condition: age >= 18 }
  target:
    type: load.csv
    config: { path: out/adults.csv }
layout:
  people: [0, 0]
  adults: [260, 0]
  target: [520, 0]
`
const FAR = `format: logidata/v1
name: Far away
nodes:
  lonely:
    type: extract.inline
    config:
      columns: [{ name: age, type: BIGINT }]
      rows: [["17"]]
layout:
  lonely: [0, 6000]
`

let home: string
let studio: Studio
let browser: Browser
let page: Page
const crashes: string[] = []
const file = () => join(home, 'sample-project/pipelines/gestures.pipeline.yaml')

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'logidata-e2e-'))
  mkdirSync(join(home, 'sample-project/pipelines'), { recursive: true })
  writeFileSync(file(), FILE)
  writeFileSync(join(home, 'sample-project/pipelines/z-far.pipeline.yaml'), FAR)
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
const port = (name: string, label: string) => step(name).getByLabel(label, { exact: true })
const status = () => page.getByText('No problems', { exact: true })

async function middleOf(what: Locator): Promise<{ x: number; y: number }> {
  const box = await what.boundingBox()
  if (!box) throw new Error('it cannot be seen')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 })
  await page.mouse.move(to.x, to.y, { steps: 5 })
  await page.mouse.up()
}

/** The file, once it says what is expected: it is written a moment after an edit. */
const written = (pattern: RegExp) =>
  expect.poll(() => readFileSync(file(), 'utf8'), { timeout: 15_000, interval: 100 }).toMatch(pattern)

const selected = () => canvas().locator('.step.is-selected').count()

test('a connection is drawn from port to port, and onto a node', { timeout: 90_000 }, async () => {
  await drag(await middleOf(port('people', 'Output Rows')), await middleOf(port('adults', 'Input Rows')))
  await written(/adults:\n +type: transform\.filter\n +inputs: \{ in: people \}/)
  // Let go over the node itself: its first free port.
  await drag(await middleOf(port('adults', 'Output Rows that match')), await middleOf(step('target')))
  await written(/target:\n +type: load\.csv\n +inputs: \{ in: adults \}/)
  await status().waitFor()
})

test('what is dropped on the empty canvas asks for a step, and undo takes it back', {
  timeout: 60_000,
}, async () => {
  const from = await middleOf(port('adults', 'Output All other rows'))
  await drag(from, { x: from.x + 40, y: from.y + 160 })
  const list = page.getByRole('dialog', { name: 'Add a step' })
  await list.getByRole('textbox').fill('limit')
  await page.keyboard.press('Enter')
  await step('limit').waitFor()
  await written(/inputs: \{ in: adults\.rest \}/)
  await canvas().press('Control+z')
  await step('limit').waitFor({ state: 'detached' })
})

test('a frame drawn with Shift selects what it touches', { timeout: 60_000 }, async () => {
  const first = await step('people').boundingBox()
  const second = await step('adults').boundingBox()
  if (!first || !second) throw new Error('the nodes cannot be seen')
  await page.keyboard.press('Escape')
  await page.keyboard.down('Shift')
  await drag({ x: first.x - 14, y: first.y - 40 }, { x: second.x + second.width / 2, y: second.y + second.height + 30 })
  await page.keyboard.up('Shift')
  await expect.poll(selected).toBe(2)
})

test('Shift and an arrow move what is selected, as one step back', { timeout: 60_000 }, async () => {
  await step('target').click()
  await expect.poll(selected).toBe(1)
  for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowDown')
  await written(/target: \[520, 60\]/)
  await page.keyboard.press('Control+z')
  await written(/target: \[520, 0\]/)
})

test('a dragged node stays where it was let go, selected', { timeout: 60_000 }, async () => {
  await page.keyboard.press('Escape')
  const from = await middleOf(step('target'))
  await drag(from, { x: from.x, y: from.y + 90 })
  await expect.poll(selected).toBe(1)
  await written(/target: \[520, [1-9]\d+\]/)
})

test('a pipeline that is opened is seen, wherever its steps are', { timeout: 60_000 }, async () => {
  await page.getByRole('navigation').getByRole('button', { name: 'Pipelines', exact: true }).click()
  await page
    .getByRole('button', { name: /^Far away/ })
    .first()
    .click()
  await step('lonely').waitFor()
  const box = await step('lonely').boundingBox()
  const pane = await canvas().boundingBox()
  if (!box || !pane) throw new Error('the step cannot be seen')
  expect(box.y).toBeGreaterThan(pane.y)
  expect(box.y + box.height).toBeLessThan(pane.y + pane.height)
  expect(crashes).toEqual([])
})
