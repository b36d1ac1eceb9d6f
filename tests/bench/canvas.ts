import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openBrowser, openContext, startStudio } from '../e2e/studio.ts'
import { quantile, type Workload } from './workload.ts'

const NODES = 1_000
const COLUMNS = 40

/** A grid of 1,000 nodes in 25 chains, written as a person's file would be. */
function largePipeline(): string {
  const lines = ['format: logidata/v1', 'name: Thousand nodes', 'nodes:']
  for (let index = 0; index < NODES; index++) {
    if (index % COLUMNS === 0) {
      lines.push(
        `  n${index}:`,
        '    type: extract.inline',
        '    config:',
        '      columns: [{ name: value, type: BIGINT }]',
        '      rows: [["1"]]',
      )
    } else {
      lines.push(
        `  n${index}:`,
        '    type: transform.filter',
        `    inputs: { in: n${index - 1} }`,
        `    config: { condition: value <> ${index} }`,
      )
    }
  }
  lines.push('layout:')
  for (let index = 0; index < NODES; index++) {
    lines.push(`  n${index}: [${(index % COLUMNS) * 176}, ${Math.floor(index / COLUMNS) * 96}]`)
  }
  return `${lines.join('\n')}\n`
}

const startFrames = `window.benchFrames = []; window.benchOn = true;
  (function frame(last) { requestAnimationFrame((now) => {
    if (last !== undefined) window.benchFrames.push(now - last)
    if (window.benchOn) frame(now)
  }) })()`

/** In the page: the id of the node whose centre is nearest to a point. */
const nearestNode = (x: number, y: number) => `[...document.querySelectorAll('.react-flow__node')]
  .map((node) => ({ id: node.dataset.id, box: node.getBoundingClientRect() }))
  .map(({ id, box }) => ({ id, far: Math.hypot(box.x + box.width / 2 - ${x}, box.y + box.height / 2 - ${y}) }))
  .sort((a, b) => a.far - b.far)[0]?.id`

async function framesDuring(page: Page, gesture: () => Promise<void>): Promise<number[]> {
  await page.evaluate(startFrames)
  await gesture()
  return page.evaluate<number[]>('window.benchOn = false; window.benchFrames')
}

/** Frame times in Chromium while a person pans, zooms and drags. */
export const canvas: Workload = async ({ folder }) => {
  const project = join(folder, 'home', 'sample-project')
  mkdirSync(join(project, 'pipelines'), { recursive: true })
  writeFileSync(join(project, 'pipelines', 'thousand.pipeline.yaml'), largePipeline())
  const studio = await startStudio({ dataDirectory: join(folder, 'home') })
  const browser = await openBrowser()
  try {
    const page = await (await openContext(browser)).newPage()
    await page.goto(studio.url)
    await page.locator('.react-flow__node').first().waitFor()
    // All of the nodes are in sight.
    await page.getByRole('button', { name: 'Fit' }).click()
    await page.waitForTimeout(3_000)
    const pane = page.locator('.react-flow__pane')
    const box = await pane.boundingBox()
    if (!box) throw new Error('the canvas is not visible')
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    const gestures: Readonly<Record<string, () => Promise<void>>> = {
      async zoom() {
        await page.mouse.move(middle.x, middle.y)
        await page.keyboard.down('Control')
        for (let step = 0; step < 60; step++) await page.mouse.wheel(0, step % 20 < 10 ? -40 : 40)
        await page.keyboard.up('Control')
      },
      async pan() {
        await page.mouse.move(middle.x, middle.y)
        await page.mouse.down({ button: 'middle' })
        for (let step = 0; step < 90; step++) {
          await page.mouse.move(middle.x + Math.sin(step / 8) * 240, middle.y + Math.cos(step / 8) * 140)
        }
        await page.mouse.up({ button: 'middle' })
      },
      async drag() {
        const id = await page.evaluate<string>(nearestNode(middle.x, middle.y))
        const node = page.locator(`.react-flow__node[data-id="${id}"]`)
        const before = await node.boundingBox()
        if (!before) throw new Error('no node is visible')
        const [x, y] = [before.x + before.width / 2, before.y + before.height / 2]
        await page.mouse.move(x, y)
        await page.mouse.down()
        for (let step = 0; step < 60; step++) await page.mouse.move(x + step * 2, y + step)
        await page.mouse.up()
        // What follows the drop belongs to it: the edit, the selection, the panes.
        await page.waitForTimeout(500)
        const after = await node.boundingBox()
        if (!after || Math.abs(after.x - before.x) < 90) throw new Error('the node did not follow the pointer')
      },
    }
    const found = []
    for (const [name, gesture] of Object.entries(gestures)) {
      const frames = await framesDuring(page, gesture)
      const p95 = quantile(frames, 0.95)
      found.push({
        workload: `${name} with ${NODES} nodes, p95 frame`,
        ours: p95,
        unit: 'ms' as const,
        goal: '20 ms or less',
        met: p95 <= 20,
      })
    }
    return found
  } finally {
    await browser.close()
    await studio.stop()
  }
}
