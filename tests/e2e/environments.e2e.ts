import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeService, service } from '../services/services.ts'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// Environments of connections, dry runs, runs offline, and where an incremental extract goes on.

const PIPELINE = (body: string) => `format: logidata/v1\nname: Albums\nnodes:\n${body}`
const server = service('postgres')

let project: string
let studio: Studio
let browser: Browser
let page: Page

const write = (path: string, text: string) => writeFileSync(join(project, path), text)
const read = (path: string) => readFileSync(join(project, path), 'utf8')

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'logidata-e2e-project-'))
  mkdirSync(join(project, 'pipelines'))
  mkdirSync(join(project, 'data'))
  write('data/orders.csv', 'id,name\n1,a\n2,b\n3,c\n')
  write(
    'pipelines/orders.pipeline.yaml',
    PIPELINE(`  orders:
    type: extract.csv
    config:
      path: data/orders.csv
  out:
    type: load.csv
    inputs:
      in: orders
    config:
      path: data/out.csv
`).replace('Albums', 'Orders'),
  )
  write(
    'pipelines/albums.pipeline.yaml',
    PIPELINE(`  albums:
    type: extract.postgres
    config:
      connection: music
      table: album
      incremental:
        column: album_id
  out:
    type: load.csv
    inputs:
      in: albums
    config:
      path: data/albums.csv
`),
  )
  write(
    'connections.yaml',
    `# who to ask: the data team
format: logidata-connections/v1
connections:
  music:
    type: postgres
    settings:
      host: ${server?.host ?? 'db.example'}
      port: ${server?.port ?? 5432}
      database: ${server?.database ?? 'music'}
      user: ${server?.user ?? 'ana'}
      tls: required
`,
  )
  process.env['LOGIDATA_SECRET_MUSIC_PASSWORD'] = server?.password ?? 'none'
  studio = await startStudio({ project })
  browser = await openBrowser()
  page = await (await openContext(browser)).newPage()
  await page.goto(studio.url)
  await page.locator('.rail-item').first().waitFor()
})
afterAll(async () => {
  await browser?.close()
  await studio?.stop()
  rmSync(project, { recursive: true, force: true })
})

const button = (name: string) => page.getByRole('button', { name, exact: true })
const rail = (name: string) => page.getByRole('navigation').getByRole('button', { name, exact: true }).click()
const setting = (name: string) => page.locator(`[data-field="${name}"]`)
const dialog = () => page.getByRole('dialog')
const open = async (name: string) => {
  await page.keyboard.press('Control+k')
  await page.locator('.bp6-omnibar input').fill(name)
  await page.keyboard.press('Enter')
  await page.locator('.tab.is-front', { hasText: name }).waitFor()
}
const runMenu = async (item: RegExp) => {
  await button('Other ways to run').click()
  await page.getByRole('menuitem', { name: item }).click()
}

describe('an environment of a connection', () => {
  test('has the settings that differ there, in the file too, and can be chosen', async () => {
    await rail('Connections')
    await page.locator('.connections-row', { hasText: 'music' }).getByRole('button').click()
    expect(await page.getByLabel('Key of the client certificate').count()).toBe(0)

    await button('Environment').click()
    await page.getByRole('textbox', { name: 'Name of the environment' }).fill('production')
    await page.locator('.environment-new').getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('Nothing differs in production yet').waitFor()
    await setting('host').locator('input').fill('db-prod.example')
    await setting('tls').locator('select').selectOption('verified')
    await button('Host: as everywhere').waitFor()
    await button('Save').click()
    await expect.poll(() => read('connections.yaml')).toContain('host: db-prod.example')
    const file = read('connections.yaml')
    expect(file).toMatch(/^# who to ask/)
    expect(file).toMatch(/environments:\n {6}production:\n {8}host: db-prod.example\n {8}tls: verified\n/)

    await button('Encryption (TLS): as everywhere').click()
    await button('Save').click()
    await expect.poll(() => read('connections.yaml')).not.toContain('tls: verified')
    await button('Everywhere').click()
    expect(await setting('host').locator('input').inputValue()).toBe(server?.host ?? 'db.example')
  })

  test('is what previews and runs use once it is chosen', async () => {
    const picker = page.getByRole('combobox', { name: 'Environment' })
    await picker.selectOption('production')
    await expect.poll(() => read('.logidata/environment').trim()).toBe('production')
    await open('Albums')
    await page.getByRole('article', { name: /^albums,/i }).click()
    await page
      .getByText(/No computer with the name db-prod/)
      .filter({ visible: true })
      .first()
      .waitFor()
    await picker.selectOption('')
    await expect.poll(() => read('.logidata/environment').trim()).toBe('')
  })
})

test('a dry run says what would be written, and writes nothing', async () => {
  await open('Orders')
  await runMenu(/^Dry run/)
  await dialog().locator('td.is-new', { hasText: '3' }).waitFor()
  await dialog().getByText('is made').waitFor()
  await dialog().getByText('Nothing was written.').waitFor()
  expect(() => read('data/out.csv')).toThrow()
  await dialog().getByRole('button', { name: 'Run now' }).click()
  await expect.poll(() => read('data/out.csv'), { timeout: 20_000 }).toContain('3,c')
  await button('Run').waitFor()
  await runMenu(/^Dry run/)
  await dialog().getByText('3 rows would be written').waitFor()
  await dialog()
    .getByText(/Rows are only counted here/)
    .waitFor()
  await dialog().getByText('is replaced').waitFor()
  await button('Close').last().click()
  await button('Other ways to run').click()
  expect(await page.getByRole('menuitem', { name: /offline/ }).getAttribute('aria-disabled')).toBe('true')
  await page.keyboard.press('Escape')
})

describeService('postgres', 'an incremental extract', () => {
  test('says where it goes on, and reads everything again after it was asked to', async () => {
    await open('Albums')
    await page.getByRole('article', { name: /^albums,/i }).click()
    await page.getByText('Nothing is kept yet').waitFor()
    await button('Run').click()
    await page.getByText('album_id 347').waitFor({ timeout: 30_000 })
    await button('Read everything again…').click()
    await page.getByText(/reads all rows of “albums” again/).waitFor()
    await button('Cancel').last().click()
    await page.getByText('album_id 347').waitFor()
    await button('Read everything again…').click()
    await button('Forget where it goes on').click()
    await page.getByText('Nothing is kept yet').waitFor()
  })

  test('a run offline says of when the rows are', async () => {
    write(
      'pipelines/albums.pipeline.yaml',
      read('pipelines/albums.pipeline.yaml').replace(/ {6}incremental:\n.*\n/, ''),
    )
    await page.getByText(/changed on disk and was read again/).waitFor()
    await button('Run').click()
    await expect.poll(() => read('data/albums.csv').split('\n').length, { timeout: 30_000 }).toBeGreaterThan(300)
    await button('Run').waitFor()
    await runMenu(/offline/)
    await dialog()
      .getByText(/seconds? ago/)
      .waitFor()
    await dialog().getByRole('button', { name: 'Run offline' }).click()
    await page
      .getByText(/^Run finished in/)
      .last()
      .waitFor()
    await rail('Runs')
    await page.getByRole('tab', { name: 'Log' }).click()
    await page
      .getByText(/was not asked: its rows are of/)
      .first()
      .waitFor()
  })
})
