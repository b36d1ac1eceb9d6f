// One compiler project per runtime: a stray `process` or `window` does not compile where it cannot run.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const projects = ['shared', 'engine', 'node', 'renderer']
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
let failed = false
for (const project of projects) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', `tsconfig.${project}.json`], { stdio: 'inherit' })
  if (status !== 0) failed = true
}
process.exit(failed ? 1 : 0)
