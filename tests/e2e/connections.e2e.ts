import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../services/services.ts'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// A database by the screen alone: connected, tested, looked into, and one of its tables on the canvas with its rows.

let studio: Studio
let browser: Browser
let page: Page

beforeAll(async () => {
  studio = await startStudio()
  browser = await openBrowser()
  page = await (await openContext(browser)).newPage()
  await page.goto(studio.url)
  await page.getByRole('article', { name: /^Reports,/ }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await studio?.stop()
})

const button = (name: string) => page.getByRole('button', { name, exact: true })
const setting = (name: string) => page.locator(`[data-field="${name}"]`)
const type = (name: string, text: string) => setting(name).locator('input').fill(text)

describeService('mariadb', 'a connection', (server) => {
  test('is made, tested, looked into and read', async () => {
    await page.getByRole('navigation').getByRole('button', { name: 'Connections', exact: true }).click()
    await button('New connection').last().click()
    await page.getByRole('button', { name: /^MySQL and MariaDB/ }).click()
    await type('host', server.host)
    await type('port', String(server.port))
    await type('database', server.database)
    await type('user', server.user)
    // Where a keychain answers, there is no vault to be made.
    if (await button('Create a vault').isVisible()) {
      await button('Create a vault').click()
      await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('correct horse battery')
      await page.getByPlaceholder('Once more').fill('correct horse battery')
      await page.locator('.connections-passphrase').getByRole('button').click()
      await button('Lock the vault').waitFor()
    }
    await page.getByLabel('Password', { exact: true }).fill(server.password)

    await button('Test').click()
    await page.getByText(/is not signed by an authority that is trusted here/).waitFor()
    await setting('tls').locator('select').selectOption('required')
    await button('Test').click()
    await page.getByText(/sees \d+ tables and views there/).waitFor()

    await button('Save').click()
    await page.getByText('Stored. Type another one to replace it.').waitFor()
    expect(await page.content()).not.toContain(server.password)
    await page.locator('.connection-tree').getByRole('button', { name: server.database, exact: true }).click()
    const album = page.locator('.tree-row', { hasText: /^Album/ })
    await album.getByRole('button', { name: 'Add to the pipeline' }).click()

    await page.getByText('For Those About To Rock We Salute You').waitFor()
    await page.getByText(/^as of \d\d:\d\d$/).waitFor()
    await page.getByText(/200 of 347 rows/).waitFor()
  })
})
