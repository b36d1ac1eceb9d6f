import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// Ports that a form makes, and steps that become a pipeline of their own and steps again.

const FILE = `format: logidata/v1
name: Orders
nodes:
  orders:
    type: extract.inline
    config:
      columns: [{ name: region, type: VARCHAR }, { name: total, type: BIGINT }]
      rows: [[north, "5"], [south, "1"], [north, "2"]]
  large:
    type: transform.filter
    inputs: { in: orders }
    config: { condition: total > 1 }
  double:
    type: transform.formula
    inputs: { in: large }
    config:
      formulas: [{ name: total, expression: total * 2 }]
  target:
    type: load.csv
    inputs: { in: double }
    config: { path: out/orders.csv }
layout:
  orders: [0, 0]
  large: [240, 0]
  double: [480, 0]
  target: [720, 0]
`

let home: string
let studio: Studio
let browser: Browser
let page: Page
const crashes: string[] = []
const inProject = (path: string) => join(home, 'sample-project', path)
const file = () => inProject('pipelines/a-orders.pipeline.yaml')

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'logidata-e2e-'))
  mkdirSync(inProject('pipelines'), { recursive: true })
  writeFileSync(file(), FILE)
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
  rmSync(home, { recursive: true, force: true })
})

const canvas = () => page.getByRole('region', { name: 'Pipeline canvas' })
const step = (name: string) => canvas().getByRole('article', { name: new RegExp(`^${name},`) })
const written = (pattern: RegExp) =>
  expect.poll(() => readFileSync(file(), 'utf8'), { timeout: 15_000, interval: 100 }).toMatch(pattern)

test('two steps become a sub-pipeline that runs, can be opened, and becomes steps again', {
  timeout: 120_000,
}, async () => {
  await step('large').click()
  await page.keyboard.down('Control')
  await step('double').click()
  await page.keyboard.up('Control')
  await step('double').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Make a sub-pipeline…' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Large orders')
  await page.keyboard.press('Enter')
  await step('Large orders').waitFor()
  await written(/large_orders:\n +type: transform\.pipeline/)
  await written(/inputs: \{ in: large_orders\.out \}/)
  expect(readFileSync(inProject('pipelines/large-orders.pipeline.yaml'), 'utf8')).toContain('total > 1')

  await page.getByText('No problems', { exact: true }).waitFor()
  await page.keyboard.press('Control+Enter')
  const output = () => readFileSync(inProject('out/orders.csv'), 'utf8')
  await expect.poll(output, { timeout: 30_000, interval: 200 }).toBe('region,total\nnorth,10\nnorth,4\n')

  await step('Large orders').dblclick()
  await step('large').waitFor()
  await canvas().press('Alt+ArrowUp')
  await step('Large orders').waitFor()

  await step('Large orders').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Put its steps here' }).click()
  await step('double').waitFor()
  await written(/double:\n +type: transform\.formula\n +inputs: \{ in: large \}/)
  await canvas().press('Control+z')
  await step('Large orders').waitFor()
  await canvas().press('Control+z')
  await step('double').waitFor()
  await expect.poll(() => parse(readFileSync(file(), 'utf8')), { timeout: 15_000, interval: 100 }).toEqual(parse(FILE))
  // What was made for the step goes with it, and comes back with it.
  const made = () => existsSync(inProject('pipelines/large-orders.pipeline.yaml'))
  await expect.poll(made, { timeout: 15_000, interval: 100 }).toBe(false)
  await canvas().press('Control+Shift+z')
  await step('Large orders').waitFor()
  await expect.poll(made, { timeout: 15_000, interval: 100 }).toBe(true)
  await canvas().press('Control+z')
  await step('double').waitFor()
  await expect.poll(made, { timeout: 15_000, interval: 100 }).toBe(false)
})

test('a switch gets its ports from its form, and readers follow another name', { timeout: 120_000 }, async () => {
  await step('orders').click()
  await canvas().press('a')
  await page.getByRole('dialog', { name: 'Add a step' }).getByRole('textbox').fill('switch')
  await page.keyboard.press('Enter')
  await step('switch').waitFor()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  const cases = inspector.getByRole('list', { name: 'Cases' })
  const name = (index: number) =>
    cases.getByRole('listitem').nth(index).getByRole('textbox', { name: 'Output' }).first()
  await name(0).fill('north')
  await inspector.getByRole('button', { name: 'Add', exact: true }).first().click()
  await name(1).fill('south')
  await step('switch').getByLabel('Output south', { exact: true }).waitFor()
  // What is dropped on the empty canvas asks for a step, which then reads the port.
  const from = await middleOf(step('switch').getByLabel('Output south', { exact: true }))
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x + 60, from.y + 120, { steps: 8 })
  await page.mouse.up()
  await page.getByRole('dialog', { name: 'Add a step' }).getByRole('textbox').fill('limit')
  await page.keyboard.press('Enter')
  await written(/inputs: \{ in: switch\.south \}/)
  await step('switch').click()
  await name(1).fill('elsewhere')
  await written(/inputs: \{ in: switch\.elsewhere \}/)
  await canvas().press('Control+z')
  await written(/inputs: \{ in: switch\.south \}/)

  // A case that is read and deleted is missed where it is read; undo brings it back.
  await inspector.getByRole('button', { name: 'Remove row 2' }).click()
  const problem = step('limit').locator('.step-problem')
  await problem.waitFor()
  expect(await problem.textContent()).toContain('has no output “south”')
  await canvas().press('Control+z')
  await problem.waitFor({ state: 'detached' })
  await written(/port: south/)
  expect(crashes).toEqual([])
})

async function middleOf(what: Locator): Promise<{ x: number; y: number }> {
  const box = await what.boundingBox()
  if (!box) throw new Error('it cannot be seen')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
