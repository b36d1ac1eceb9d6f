#!/usr/bin/env node
// Plain JavaScript that every Node understands: says what is missing, or hands over to a Node that can run the sources.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const NEEDED = 24
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
// The clone brings its own Node as a dependency; npx puts it first, a direct call does not.
const own = here('../node_modules/node/bin/node')

if (!existsSync(here('../node_modules/commander'))) {
  console.error(`What logidata needs is not installed. Run npm ci in ${here('..')}`)
  process.exitCode = 2
} else if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  const { cacheCompiledCode } = await import('../src/cli/compile-cache.ts')
  cacheCompiledCode()
  const { main } = await import('../src/cli/main.ts')
  process.exitCode = await main(process.argv.slice(2))
} else if (existsSync(own)) {
  // Ctrl-C reaches the whole process group; the child ends as it must, and this process with its code.
  process.on('SIGINT', () => {})
  const { status, signal } = spawnSync(own, [here('logidata.js'), ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exitCode = signal ? 130 : (status ?? 1)
} else {
  console.error(`logidata needs Node ${NEEDED} or later; this is ${process.versions.node}. Run npm ci in ${here('..')}`)
  process.exitCode = 2
}
