// Builds what cannot run from its sources: the window (dist/renderer), and for the desktop's installers the application
// as plain JavaScript in the same folders (dist/app), since Electron does not promise to strip types.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

await build({ root, logLevel: 'warn' })
console.log('dist/renderer')

const target = join(root, 'dist/app')
rmSync(target, { recursive: true, force: true })
const sources = globSync('**/*.ts', {
  cwd: join(root, 'src'),
  exclude: (path) => path.startsWith('renderer') || /[.]test[.]ts$/.test(path) || path.endsWith('preload.ts'),
})
// Imports, and the addresses of workers, name a source file by a literal that starts with ./ or ../
const SOURCE_NAME = /(['"])(\.{1,2}\/[^'"\n]+)\.ts\1/g
for (const source of sources) {
  const text = stripTypeScriptTypes(readFileSync(join(root, 'src', source), 'utf8'))
  const file = join(target, source.replace(/[.]ts$/, '.js'))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text.replace(SOURCE_NAME, '$1$2.js$1'))
}

// A sandboxed preload is one CommonJS file and can load nothing but Electron.
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: 'dist/app/main/electron',
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    lib: { entry: 'src/main/electron/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
})
console.log('dist/app')
