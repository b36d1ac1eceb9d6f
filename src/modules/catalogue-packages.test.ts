import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Small, or needed by what every pipeline does. */
const EVERYWHERE = [
  '@duckdb/node-api',
  '@duckdb/node-bindings',
  '@noble/hashes',
  'better-sqlite3',
  'buffer-crc32',
  'detect-libc',
  'libphonenumber-js',
  'pend',
  'saxes',
  'xmlchars',
  'yaml',
  'yauzl',
  'yazl',
  'zod',
]

/**
 * Two threads load the catalogue at every start, and the window waits for one of them. The library of a format or the driver of a
 * database comes when the step is used: `await import('./read-arrow.ts')` in `prepare` or `write`, as in extract.arrow and load.arrow.
 */
test('loading the catalogue loads no library that few pipelines need', () => {
  const catalogue = new URL('catalogue.ts', import.meta.url).href
  const program = `
    const { registerHooks } = await import('node:module')
    const packages = new Set()
    registerHooks({ load(url, context, next) {
      const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]
      if (name) packages.add(name)
      return next(url, context)
    } })
    await import(${JSON.stringify(catalogue)})
    process.stdout.write(JSON.stringify([...packages]))
    process.exit(0)`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
  })
  const loaded = (JSON.parse(output) as string[]).filter(
    (name) => !EVERYWHERE.includes(name) && !name.startsWith('@duckdb/node-bindings-'),
  )
  expect(loaded).toEqual([])
}, 60_000)
