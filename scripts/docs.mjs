// Writes docs/modules/: a page for every step, in English and French, from its descriptor, and removes pages of steps that
// are gone. A test compares them, so run it after changing what a descriptor says.
// usage: node scripts/docs.mjs
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { moduleInfos } from '../src/modules/catalogue.ts'
import { modulePages } from '../src/shared/modules/module-page.ts'

const folder = fileURLToPath(new URL('../docs/modules/', import.meta.url))
const pages = modulePages(moduleInfos())

for (const path of globSync('**/*.md', { cwd: folder })) {
  if (!pages.has(path.replaceAll('\\', '/'))) rmSync(folder + path)
}
for (const [path, text] of pages) {
  mkdirSync(dirname(folder + path), { recursive: true })
  writeFileSync(folder + path, text)
}
console.log(`${pages.size} pages in docs/modules`)
