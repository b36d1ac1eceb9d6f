// Runs the end-to-end tests: checks that there is a browser, and hands over to vitest. `npm start`, which they call,
// builds the window where it must. Arguments go to vitest: `npm run test:e2e -- -t 'six nodes'`.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromiumPath } from './chromium.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (script, args) => {
  const { status } = spawnSync(process.execPath, [`${root}/node_modules/${script}`, ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  return status ?? 1
}

const chromium = chromiumPath()
if (!existsSync(chromium)) {
  console.error(`No Chromium at ${chromium}. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.`)
  process.exit(1)
}
process.exit(run('vitest/vitest.mjs', ['run', '--config', 'tests/e2e/vitest.config.ts', ...process.argv.slice(2)]))
