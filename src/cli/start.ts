// `npm start`. Everything is imported after the cache is on: compiled code of the last start saves half of this one.
import { flushCompileCache } from 'node:module'
import { cacheCompiledCode } from './compile-cache.ts'

cacheCompiledCode()
const { start } = await import('./start/start.ts')
// A process that is killed saves nothing at its end.
setTimeout(flushCompileCache, 10_000).unref()
process.exit(await start(process.argv.slice(2)))
