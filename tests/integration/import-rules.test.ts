import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))

interface Violation {
  readonly rule: string
  readonly from: string
  readonly to: string
}

function check(folder: string): Violation[] {
  const { stdout, stderr } = spawnSync(process.execPath, [join(repository, 'scripts/imports.mjs'), '--json'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (!stdout.startsWith('[')) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** One file of each layer, importing nothing. */
const layers = {
  'src/shared/a.ts': '',
  'src/modules/kit/a.ts': '',
  'src/modules/catalogue.ts': '',
  'src/modules/transformers/one/descriptor.ts': '',
  'src/modules/transformers/one/implementation.ts': '',
  'src/modules/transformers/two/implementation.ts': '',
  'src/modules/transformers/core/implementation.ts': '',
  'src/engine/a.ts': '',
  'src/workers/a.ts': '',
  'src/main/a.ts': '',
  'src/main/electron/main.ts': '',
  'src/cli/a.ts': '',
  'src/renderer/a.tsx': '',
  'scripts/a.ts': '',
  'tests/a.ts': '',
}

/** Each file that breaks a rule: the path it stands at, its text, and the rule that must name it. */
const forbidden: readonly (readonly [path: string, text: string, rule: string])[] = [
  ['src/shared/bad-engine.ts', `import '../engine/a.ts'`, 'shared-imports-shared'],
  ['src/shared/bad-type.ts', `import type { X } from '../main/a.ts'\nexport type Y = X`, 'shared-imports-shared'],
  ['src/shared/bad-export.ts', `export * from '../modules/kit/a.ts'`, 'shared-imports-shared'],
  ['src/shared/bad-dynamic.ts', `export const x = () => import('../engine/a.ts')`, 'shared-imports-shared'],
  ['src/shared/bad-core.ts', `import 'node:fs'`, 'shared-outside'],
  ['src/shared/bad-package.ts', `import 'ws'`, 'shared-outside'],
  ['src/shared/bad-test.test.ts', `import '../engine/a.ts'`, 'shared-imports-shared'],
  ['src/modules/transformers/core/descriptor.ts', `import './implementation.ts'`, 'descriptor-imports'],
  ['src/modules/transformers/core2/descriptor.ts', `import 'node:fs'`, 'descriptor-outside'],
  ['src/modules/transformers/three/implementation.ts', `import '../two/implementation.ts'`, 'modules-stand-alone'],
  ['src/modules/transformers/four/implementation.ts', `import '../../../engine/a.ts'`, 'modules-stand-alone'],
  ['src/modules/transformers/five/implementation.ts', `import '../../catalogue.ts'`, 'modules-stand-alone'],
  ['src/modules/kit/bad.ts', `import '../transformers/one/implementation.ts'`, 'kit-stands-alone'],
  ['src/modules/bad.ts', `import '../workers/a.ts'`, 'catalogue-imports-modules'],
  ['src/modules/catalogue/bad.ts', `import '../../workers/a.ts'`, 'catalogue-imports-modules'],
  ['src/engine/bad-workers.ts', `import type { X } from '../workers/a.ts'\nexport type Y = X`, 'engine-imports'],
  ['src/engine/bad-core.ts', `import 'node:path'`, 'engine-outside'],
  ['src/engine/bad-duckdb.ts', `import '@duckdb/node-api'`, 'duckdb-where-queries-run'],
  ['src/workers/bad.ts', `import '../main/a.ts'`, 'workers-imports'],
  ['src/main/bad-modules.ts', `import '../modules/catalogue.ts'`, 'main-imports'],
  ['src/main/bad-workers.ts', `import '../workers/a.ts'`, 'workers-by-type-only'],
  ['src/main/bad-electron.ts', `import { app } from 'electron'\napp.quit()`, 'electron-only-in-main-electron'],
  [
    'src/main/bad-type.ts',
    `import type { App } from 'electron'\nexport type A = App`,
    'electron-only-in-main-electron',
  ],
  ['src/main/bad-shell.ts', `import './electron/main.ts'`, 'main-electron-is-an-entry'],
  ['src/cli/bad-workers.ts', `export { x } from '../workers/a.ts'`, 'workers-by-type-only'],
  ['src/cli/bad-modules.ts', `import '../modules/catalogue.ts'`, 'cli-imports'],
  ['src/cli/bad-react.ts', `import 'react'`, 'react-only-in-renderer'],
  ['src/renderer/bad-main.tsx', `import '../main/a.ts'`, 'renderer-imports'],
  [
    'src/renderer/bad-modules.tsx',
    `import type { X } from '../modules/kit/a.ts'\nexport type Y = X`,
    'renderer-imports',
  ],
  ['src/renderer/bad-core.tsx', `import 'node:fs'`, 'renderer-outside'],
  ['src/main/bad-dev.ts', `import 'fast-check'`, 'no-dev-dependency'],
  ['src/main/bad-unresolved.ts', `import './nowhere.ts'`, 'no-unresolvable'],
  ['src/main/bad-tests.ts', `import '../../tests/a.ts'`, 'no-tests-or-scripts'],
  ['src/main/bad-scripts.ts', `import '../../scripts/a.ts'`, 'no-tests-or-scripts'],
  ['src/main/circle-1.ts', `import './circle-2.ts'`, 'no-circular'],
  ['src/main/circle-3.ts', `import type { X } from './circle-4.ts'\nexport type Y = X`, 'no-circular'],
  ['src/main/bad-expression.ts', `export type X = import('../workers/a.ts').Y`, 'no-import-type-expression'],
]

const allowed: readonly (readonly [path: string, text: string])[] = [
  ['src/main/circle-2.ts', `import './circle-1.ts'`],
  ['src/main/circle-4.ts', `import type { Y } from './circle-3.ts'\nexport type X = Y`],
  ['src/shared/good.ts', `import 'zod'\nimport './a.ts'`],
  ['src/main/good.test.ts', `import '../../tests/a.ts'\nimport './a.ts'`],
  ['src/shared/good.test.ts', `import 'node:fs'\nimport 'vitest'\nimport './a.ts'`],
  ['src/modules/transformers/six/descriptor.ts', `import 'zod'\nimport '../../../shared/a.ts'`],
  ['src/modules/transformers/six/implementation.ts', `import './descriptor.ts'\nimport '../../kit/a.ts'`],
  ['src/modules/list.ts', `import './transformers/six/implementation.ts'`],
  ['src/engine/good.ts', `import '../shared/a.ts'\nimport '../modules/catalogue.ts'`],
  ['src/workers/good.ts', `import '../engine/a.ts'\nimport '@duckdb/node-api'\nimport 'node:worker_threads'`],
  [
    'src/main/good.ts',
    `import type { X } from '../workers/a.ts'\nimport '../engine/a.ts'\nexport type Y = X\nexport const entry = new URL('../workers/a.ts', import.meta.url)`,
  ],
  ['src/main/electron/good.ts', `import 'electron'\nimport '../a.ts'`],
  ['src/cli/good.ts', `import '../main/a.ts'\nimport 'commander'`],
  [
    'src/renderer/good.tsx',
    `import '../shared/a.ts'\nimport 'react'\nexport const x = <T,>(y: T) => <p>{String(y)}</p>`,
  ],
]

describe('the import rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logidata-imports-'))
  let violations: Violation[] = []

  beforeAll(() => {
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
    cpSync(join(repository, 'package.json'), join(folder, 'package.json'))
    for (const [path, text] of [...Object.entries(layers), ...forbidden, ...allowed]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    violations = check(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(forbidden)('refuse %s', (path, _text, rule) => {
    expect(violations.filter(({ from }) => from === path).map((violation) => violation.rule)).toContain(rule)
  })

  test.each(allowed.filter(([path]) => !path.includes('circle')))('accept %s', (path) => {
    expect(violations.filter(({ from }) => from === path)).toEqual([])
  })

  test('hold for the application itself', () => {
    expect(check(repository)).toEqual([])
  })
})
