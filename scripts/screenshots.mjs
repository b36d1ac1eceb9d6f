// Makes the pictures of the README: the studio with the sample project, light and dark, in docs/images/.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openBrowser, openContext, startStudio } from '../tests/e2e/studio.ts'

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))
mkdirSync(folder, { recursive: true })

const studio = await startStudio()
const browser = await openBrowser()
try {
  const page = await (await openContext(browser)).newPage()
  await page.goto(studio.url)
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme })
    await page.getByRole('article', { name: /^Add severity,/ }).click()
    await page.getByText('exact', { exact: true }).first().waitFor()
    await page.waitForTimeout(1_500)
    await page.screenshot({ path: `${folder}studio-${theme}.png` })
  }
} finally {
  await browser.close()
  await studio.stop()
}
