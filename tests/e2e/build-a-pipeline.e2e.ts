import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// One person's first minutes: six steps by mouse and keyboard over the sample data, on the real application.

let studio: Studio
let browser: Browser
let page: Page
const crashes: string[] = []

beforeAll(async () => {
  studio = await startStudio()
  browser = await openBrowser()
  page = await (await openContext(browser)).newPage()
  page.on('pageerror', (error) => crashes.push(error.message))
  await page.goto(studio.url)
})
afterAll(async () => {
  await browser?.close()
  await studio?.stop()
})

const canvas = () => page.getByRole('region', { name: 'Pipeline canvas' })
/** A step on the canvas, by the name it shows. */
const step = (name: string) => canvas().getByRole('article', { name: new RegExp(`^${name},`) })
const inspector = () => page.getByRole('complementary', { name: 'Inspector' }).last()
const grid = () => page.getByRole('region', { name: 'Data' }).getByRole('grid')
/** The canvas draws only what is in view; the status line counts all. */
const sixNodes = () => page.getByText(/^6 nodes/).waitFor()
const saved = () => page.getByText('Saved', { exact: true }).waitFor()

/** The rows that the data pane shows, without their numbers. */
async function shownRows(): Promise<string[][]> {
  const rows = await grid().getByRole('row').all()
  const cells = await Promise.all(rows.map((row) => row.getByRole('gridcell').allTextContents()))
  return cells.filter((row) => row.length > 0)
}

/** Waits until what is shown is as it should be: previews come on their own. */
async function eventually(check: () => Promise<unknown>): Promise<void> {
  await expect.poll(async () => Boolean(await check()), { timeout: 15_000, interval: 100 }).toBe(true)
}

/** Adds a step after the selected one, by the keyboard alone. */
async function addByKeyboard(name: string): Promise<void> {
  const find = page.getByRole('textbox', { name: 'Find a step' })
  await find.fill(name)
  await find.press('Enter')
  await step(name).waitFor()
}

async function typeExpression(field: string, text: string): Promise<void> {
  await inspector().getByRole('textbox', { name: field }).first().click()
  // The editor comes in its own chunk; keys that are no letters would go nowhere before.
  await inspector().locator('.monaco-editor').first().waitFor()
  await page.waitForTimeout(300)
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(text)
  await page.keyboard.press('Control+Enter')
}

test('six steps are built, previewed, undone, run and found again', { timeout: 180_000 }, async () => {
  await step('Reports').waitFor()
  await page.getByRole('button', { name: 'New pipeline' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('French invoices')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByText('Start with some data').waitFor()

  // By mouse: from the palette onto the canvas.
  await page
    .getByRole('treeitem', { name: 'CSV' })
    .first()
    .dragTo(canvas(), { targetPosition: { x: 120, y: 150 } })
  await step('csv').waitFor()
  const file = inspector().getByRole('combobox', { name: 'File' })
  await file.fill('data/music/invoices-2021-2024.csv')
  await file.press('Enter')
  await eventually(async () => (await shownRows())[0]?.includes('Stuttgart'))

  // By keyboard: after the selected step, connected at once.
  await addByKeyboard('filter')
  await typeExpression('Keep rows where', "billing_country = 'France'")
  const onlyFrance = async () => {
    const rows = await shownRows()
    return rows.length > 5 && rows.every((row) => row.includes('France'))
  }
  await eventually(onlyFrance)

  // Undo takes the condition back, redo brings it again; the rows follow.
  await step('filter').click()
  await page.keyboard.press('Control+z')
  await eventually(async () => (await shownRows()).some((row) => row.includes('Germany')))
  await page.keyboard.press('Control+Shift+z')
  await eventually(onlyFrance)

  for (const name of ['deduplicate', 'sample', 'limit']) await addByKeyboard(name)
  await eventually(onlyFrance)

  // The target: the second CSV of the palette, by keyboard.
  const find = page.getByRole('textbox', { name: 'Find a step' })
  await find.fill('csv')
  await find.press('ArrowDown')
  await find.press('Enter')
  await sixNodes()
  const target = inspector()
    .getByRole('combobox', { name: 'File' })
    .or(inspector().getByRole('textbox', { name: 'File' }))
  await target.first().fill('out/french.csv')
  await target.first().press('Enter')
  await page.getByText('No problems', { exact: true }).waitFor()

  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByText(/^Run finished in/).waitFor()
  const written = readFileSync(join(studio.dataDirectory, 'sample-project/out/french.csv'), 'utf8').trim().split('\n')
  expect(written[0]).toBe('invoice_id,customer_id,invoice_date,billing_city,billing_country,total')
  expect(written.length).toBeGreaterThan(5)
  for (const line of written.slice(1)) expect(line).toContain(',France,')

  await page.getByRole('button', { name: 'Open result' }).click()
  await eventually(async () => (await shownRows()).every((row) => row.includes('France')))

  await saved()
  await page.getByRole('button', { name: 'Fit' }).click()
  await eventually(async () => (await canvas().getByRole('article').count()) === 6)
  const before = await canvas().getByRole('article').allTextContents()
  await page.reload()
  await sixNodes()
  await page.getByRole('button', { name: 'Fit' }).click()
  await eventually(async () => (await canvas().getByRole('article').count()) === 6)
  const names = (texts: readonly string[]) => texts.map((text) => text.slice(0, 6)).sort()
  expect(names(await canvas().getByRole('article').allTextContents())).toEqual(names(before))
  await step('filter').click()
  await eventually(onlyFrance)
  expect(crashes).toEqual([])
})
