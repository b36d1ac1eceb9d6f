import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// Every screen as a screen reader and a weak eye meet it: names, roles, contrast (WCAG 2.2 AA), light and dark.

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

let studio: Studio
let browser: Browser
let page: Page

beforeAll(async () => {
  studio = await startStudio()
  browser = await openBrowser()
  page = await (await openContext(browser)).newPage()
  await page.goto(studio.url)
  await step('Reports').waitFor()
  await page.evaluate(axe.source)
})
afterAll(async () => {
  await browser?.close()
  await studio?.stop()
})

const step = (name: string) => page.getByRole('article', { name: new RegExp(`^${name},`) })
const rail = (name: string) => page.getByRole('navigation').getByRole('button', { name, exact: true }).click()

/** What is serious or critical, in the words of a report. */
async function faults(theme: 'light' | 'dark'): Promise<string[]> {
  await page.emulateMedia({ colorScheme: theme })
  const { violations }: AxeResults = await page.evaluate(
    (tags) => (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: tags }),
    TAGS,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any.map(({ message }) => message).join(' ')}`),
    )
}

const screens: Readonly<Record<string, () => Promise<unknown>>> = {
  'the editor with a step': async () => {
    await step('Add severity').click()
    await page.getByText('exact', { exact: true }).first().waitFor()
  },
  'the command palette': async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('menuitem', { name: /^Run pipeline/ }).waitFor()
  },
  'the list of problems': async () => {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'No problems' }).click()
    await page.getByRole('region', { name: 'Problems' }).waitFor()
  },
  'the palette of steps': async () => {
    await page.getByRole('button', { name: 'No problems' }).click()
    await rail('Steps')
    await page.getByRole('treeitem', { name: 'CSV' }).first().waitFor()
  },
  'the dialog of a new pipeline': async () => {
    await rail('Pipelines')
    await page.getByRole('button', { name: 'New pipeline' }).first().click()
    await page.getByRole('dialog').getByLabel('Name').waitFor()
  },
  settings: async () => {
    await page.keyboard.press('Escape')
    await rail('Settings')
    await page.getByLabel('Language').waitFor()
  },
  'no runs yet': async () => {
    await page.keyboard.press('Escape')
    await rail('Runs')
    await page.getByRole('main').waitFor()
  },
  'no schedule yet': async () => {
    await rail('Schedules')
    await page.getByText('No schedule yet').waitFor()
  },
  'a new schedule': async () => {
    await page.getByRole('button', { name: 'New schedule' }).first().click()
    await page.getByLabel('Name').waitFor()
  },
  'a new channel': async () => {
    await page.getByRole('button', { name: 'Notifications', exact: true }).click()
    await page.getByRole('button', { name: 'New channel' }).click()
    await page.getByRole('textbox', { name: 'E-mail' }).fill('ops@example.org')
    await page.getByRole('textbox', { name: 'E-mail' }).press('Enter')
    await page.getByLabel('Security').waitFor()
  },
  'no connection yet': async () => {
    await rail('Connections')
    await page.getByText('No connection yet').waitFor()
  },
  'kinds of connections': async () => {
    await page.getByRole('button', { name: 'New connection' }).first().click()
    await page.getByRole('heading', { name: 'What does it lead to?' }).waitFor()
  },
  'a new connection in an environment': async () => {
    await page.getByRole('button', { name: /^PostgreSQL/ }).click()
    await page.getByRole('button', { name: 'Environment', exact: true }).click()
    await page.getByRole('textbox', { name: 'Name of the environment' }).fill('production')
    await page.locator('.environment-new').getByRole('button', { name: 'Add', exact: true }).click()
    await page.locator('[data-field="host"] input').fill('db.example.org')
    await page.getByRole('button', { name: 'Host: as everywhere' }).waitFor()
  },
  'the dialog of a dry run': async () => {
    await page.locator('.tab-name').first().click()
    await page.getByRole('button', { name: 'Other ways to run' }).click()
    await page.getByRole('menuitem', { name: /^Dry run/ }).click()
    await page.getByText('Nothing was written.').waitFor({ timeout: 30_000 })
  },
  'the dialog of a new name for a column': async () => {
    await page.getByRole('button', { name: 'Close' }).last().click()
    await step('Add severity').click()
    await page.getByText('exact', { exact: true }).first().waitFor()
    await page.getByRole('columnheader').first().click()
    await page.keyboard.press('F2')
    await page.getByRole('dialog').getByLabel('New name').waitFor()
  },
  tests: async () => {
    await page.keyboard.press('Escape')
    await rail('Tests')
    await page.getByRole('button', { name: 'Run all tests' }).waitFor()
  },
  lineage: async () => {
    await rail('Lineage')
    await page.locator('.lineage-box').first().waitFor()
    // A map shrinks with its zoom; as large as it is drawn, all of it can be hit.
    for (let times = 0; times < 6; times++) await page.locator('.lineage-zoom button').first().click()
  },
}

describe('no serious fault for screen readers and weak eyes', () => {
  for (const [name, open] of Object.entries(screens))
    test(name, async () => {
      await open()
      for (const theme of ['light', 'dark'] as const) expect.soft(await faults(theme), theme).toEqual([])
      await page.emulateMedia({ colorScheme: 'light' })
    })
})
