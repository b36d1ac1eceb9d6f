// Checks the layers: every import against .dependency-cruiser.cjs, and that no type is imported by an expression
// (`import('./x.ts').T`), which the cruiser's parser does not see.
// usage: node scripts/imports.mjs [--json]   from the folder that holds src/
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseSync, Visitor } from 'vite'

const fromHere = (path) => fileURLToPath(new URL(path, import.meta.url))
const json = process.argv.includes('--json')

const cruiser = fromHere('../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
const config = fromHere('../.dependency-cruiser.cjs')
const { status, stdout } = spawnSync(
  process.execPath,
  [cruiser, '--config', config, '--output-type', json ? 'json' : 'err', 'src'],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 28 },
)

const importTypes = []
let file = ''
let text = ''
const visitor = new Visitor({
  TSImportType(node) {
    importTypes.push({ file, line: text.slice(0, node.start).split('\n').length })
  },
})
for (file of globSync('src/**/*.{ts,tsx}')) {
  text = readFileSync(file, 'utf8')
  visitor.visit(parseSync(file, text).program)
}

if (json) {
  const violations = JSON.parse(stdout).summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
  violations.push(...importTypes.map(({ file }) => ({ rule: 'no-import-type-expression', from: file, to: '' })))
  process.stdout.write(JSON.stringify(violations))
} else {
  process.stdout.write(stdout)
  for (const { file, line } of importTypes) {
    console.log(`  error no-import-type-expression: ${file}:${line} → write \`import type { … } from\` instead`)
  }
}
process.exit(status || (importTypes.length > 0 ? 1 : 0))
