// Makes `npm start` and `npm test` enough on a fresh clone: installs from the lock file what is missing, and nothing else.
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const marker = `${root}/node_modules/.package-lock.json`

function installed() {
  if (!existsSync(marker) || !existsSync(`${root}/node_modules/node/bin/node`)) return false
  const wanted = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')).packages
  const have = JSON.parse(readFileSync(marker, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    return path === '' || entry.optional || have[path]?.version === entry.version
  })
}

// `npm ci` would empty the folder that the link leads to, and with it another clone.
const linked = lstatSync(`${root}/node_modules`, { throwIfNoEntry: false })?.isSymbolicLink() === true

if (!linked && !installed()) {
  console.error('Installing what the lock file names …')
  const { status } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    console.error('The installation failed; see the messages of npm above.')
    process.exit(1)
  }
}
