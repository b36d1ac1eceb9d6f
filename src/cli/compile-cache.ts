import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Keeps what Node compiles, types stripped, for the next start of this process and of the engine's. In the installation and
 * not in Node's default place, the shared temporary folder, where other people of the computer could put code for us to run.
 */
export function cacheCompiledCode(): void {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/logidata', import.meta.url))
  const { directory } = enableCompileCache(folder)
  // Read by Node in the processes that we fork.
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE = folder
}
