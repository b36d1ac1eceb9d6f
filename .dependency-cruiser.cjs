// The layers of docs/architecture.md as rules. `npm run imports` fails on a violation, type-only imports included;
// tests/integration/import-rules.test.ts shows each rule catching one.

/** Tests may use any package and any part of Node; the layers among our own folders hold for them too. */
const test = '[.]test[.]tsx?$'

/** Packages by name, wherever npm put them. */
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})/`

/** `layer` may import these folders of ours, and no other. */
const layer = (name, comment, from, folders, pathNot = []) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot },
  to: { path: '^src/', pathNot: folders },
})

/** What is not ours, Node's own modules included, must be one of these. */
const outside = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: test },
  to: { pathNot: ['^(src|tests|scripts)/', ...allowed] },
})

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Files that import each other cannot be understood, or tested, one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that nothing answers to.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency',
      comment: 'What ships must not need a development dependency. Electron comes with its own installer.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          test,
          '^src/main/electron/',
          '^src/modules/kit/(harness|run-(load-)?fixtures|hostile)[.]ts$',
          '^src/(cli|main|workers)/testing/',
        ],
      },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm'] },
    },
    {
      name: 'no-tests-or-scripts',
      comment: 'What ships must not need what does not. Tests may use what tests share.',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { path: '^(tests|scripts)/' },
    },
    {
      name: 'electron-only-in-main-electron',
      comment: 'The application does not know that Electron exists, so that it also runs in a browser and headless.',
      severity: 'error',
      from: { pathNot: '^src/main/electron/' },
      to: { path: [packages('electron'), '^electron(/|$)'] },
    },
    {
      name: 'main-electron-is-an-entry',
      comment: 'Nothing else may import the Electron shell; it would bring Electron along.',
      severity: 'error',
      from: { pathNot: '^src/main/electron/' },
      to: { path: '^src/main/electron/' },
    },

    layer(
      'shared-imports-shared',
      'shared runs anywhere and stands on nothing of ours.',
      '^src/shared/',
      '^src/shared/',
    ),
    outside(
      'shared-outside',
      'shared may use zod, the YAML parser and the hash functions only: no Node, no DOM library.',
      '^src/shared/',
      [packages('zod', 'yaml', '@noble/hashes')],
    ),

    layer(
      'descriptor-imports',
      'A descriptor is data about a module: it may import shared, and what the kit has for descriptors.',
      '^src/modules/[^/]+/[^/]+/(?:descriptor|documentation)[.]ts$',
      [
        '^src/shared/',
        '^src/modules/kit/',
        '^src/modules/connectors/kit/(?:tls|tunnel-settings|ssh-fields)[.]ts$',
        '^src/modules/remote-files/(?:config|load-config|documentation)[.]ts$',
        '^src/modules/[^/]+/[^/]+/documentation[.]ts$',
      ],
    ),
    outside(
      'descriptor-outside',
      'A descriptor may use zod only: it also runs where Node is not.',
      '^src/modules/[^/]+/[^/]+/(?:descriptor|documentation)[.]ts$',
      [packages('zod')],
    ),
    layer(
      'modules-stand-alone',
      'A module may import shared, the kit, the connectors, what files behind a connection share, and its own folder, never another module.',
      '^src/modules/(?!kit/)([^/]+/[^/]+)/',
      [
        '^src/shared/',
        '^src/modules/kit/',
        '^src/modules/connectors/',
        '^src/modules/remote-files/',
        '^src/modules/$1/',
      ],
      // A load is tested by reading back what it wrote.
      [test],
    ),
    layer(
      'remote-files-by-steps',
      'Files behind a connection are read and written by the steps of the project’s files.',
      '^src/modules/remote-files/',
      ['^src/shared/', '^src/modules/kit/', '^src/modules/remote-files/', '^src/modules/(?:extractors|loaders)/'],
    ),
    layer(
      'kit-stands-alone',
      'The kit serves every module and knows none of them.',
      '^src/modules/kit/',
      ['^src/shared/', '^src/modules/kit/'],
      [test],
    ),
    layer(
      'catalogue-imports-modules',
      'The catalogue lists the modules.',
      '^src/modules/(catalogue/|connectors/)?[^/]+[.]ts$',
      ['^src/shared/', '^src/modules/'],
    ),

    layer('engine-imports', 'engine may import shared and modules.', '^src/engine/', [
      '^src/shared/',
      '^src/modules/',
      '^src/engine/',
    ]),
    outside('engine-outside', 'engine plans and runs nothing: no Node, no driver.', '^src/engine/', [packages('zod')]),

    layer('workers-imports', 'workers may import shared, modules and engine.', '^src/workers/', [
      '^src/shared/',
      '^src/modules/',
      '^src/engine/',
      '^src/workers/',
    ]),

    layer('main-imports', 'main may import shared and engine.', '^src/main/', [
      '^src/shared/',
      '^src/engine/',
      '^src/main/',
      '^src/workers/',
    ]),
    layer('cli-imports', 'cli and server may import shared, engine and main.', '^src/(cli|server)/', [
      '^src/shared/',
      '^src/engine/',
      '^src/main/',
      '^src/workers/',
      '^src/$1/',
    ]),
    {
      name: 'workers-by-type-only',
      comment: 'Workers run in a process of their own: start them by URL, import their types only.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/workers/' },
      to: { path: '^src/workers/', dependencyTypesNot: ['type-only'] },
    },

    layer('renderer-imports', 'renderer may import shared; everything else reaches it over RPC.', '^src/renderer/', [
      '^src/shared/',
      '^src/renderer/',
    ]),
    {
      name: 'renderer-outside',
      comment: 'The renderer runs in a browser: no module of Node.',
      severity: 'error',
      from: { path: '^src/renderer/', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'react-only-in-renderer',
      comment: 'The window is the only place with a user interface.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/renderer/' },
      to: { path: packages('react', 'react-dom', '@blueprintjs/[^/]+', '@xyflow/react', 'monaco-editor') },
    },
    {
      name: 'duckdb-where-queries-run',
      comment: 'DuckDB runs in the workers, and in the kit that tests modules.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/workers/', '^src/modules/', test] },
      to: { path: packages('@duckdb/[^/]+') },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API to parse with.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '[.]css$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'browser', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
}
