import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser, openContext, startStudio } from '../e2e/studio.ts'
import { median, type Workload } from './workload.ts'

const ROUNDS = 5

/** From `npm start` on an installed clone to the first node on the canvas; the browser is open already. */
export const start: Workload = async ({ folder }) => {
  const home = join(folder, 'home')
  mkdirSync(home)
  const browser = await openBrowser()
  const samples: number[] = []
  try {
    for (let round = -1; round < ROUNDS; round++) {
      const page = await (await openContext(browser)).newPage()
      const began = performance.now()
      const studio = await startStudio({ dataDirectory: home })
      try {
        await page.goto(studio.url)
        await page.locator('.react-flow__node').first().waitFor()
        // The first round copies the sample project and builds the window if it must.
        if (round >= 0) samples.push(performance.now() - began)
      } finally {
        await page.close()
        await studio.stop()
      }
    }
  } finally {
    await browser.close()
  }
  const ours = median(samples)
  return [{ workload: 'npm start to canvas painted', ours, unit: 'ms', goal: 'under 2,500 ms', met: ours < 2_500 }]
}
