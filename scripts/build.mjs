// Builds what cannot run from its sources: the window (dist/renderer), and the Electron shell with the engine process
// that it starts (dist/electron), whose runtime does not strip types.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

await build({ root, logLevel: 'warn' })
console.log('dist/renderer')
