import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const has = (program: string): boolean => spawnSync('which', [program]).status === 0
const isThere = platform() === 'linux' && has('dbus-run-session') && has('gnome-keyring-daemon')
if (!isThere && process.env.REQUIRE_SERVICES === '1')
  throw new Error('dbus-run-session and gnome-keyring-daemon are needed')

const MODULE = new URL('./keychain.ts', import.meta.url)
const SCRIPT = `
  import { Keychain } from ${JSON.stringify(MODULE.href)}
  const keychain = new Keychain()
  const why = await keychain.whyNot()
  await keychain.set('project/warehouse/password', 'hünter 22')
  const stored = await new Keychain().get('project/warehouse/password')
  await keychain.remove('project/warehouse/password')
  await keychain.remove('project/warehouse/password')
  const gone = await keychain.get('project/warehouse/password')
  console.log(JSON.stringify({ why: why ?? null, stored, gone: gone ?? null }))
  process.exit(0)
`

test.skipIf(!isThere)('a secret is kept in the keychain of the system', () => {
  const home = mkdtempSync(join(tmpdir(), 'logidata-keychain-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const unlock = `echo -n test | gnome-keyring-daemon --unlock --components=secrets --control-directory=${home} >/dev/null 2>&1`
  const ran = spawnSync(
    'dbus-run-session',
    ['--', 'sh', '-c', `${unlock}; exec "$0" --input-type=module -e "$1"`, process.execPath, SCRIPT],
    {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home },
    },
  )
  expect(JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? ''), ran.stderr).toEqual({
    why: null,
    stored: 'hünter 22',
    gone: null,
  })
})

test.skipIf(!isThere)('where nothing answers, it says why', () => {
  const script = `import { Keychain } from ${JSON.stringify(MODULE.href)}; console.log(await new Keychain().whyNot())`
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env })
  expect(ran.stdout.trim()).not.toMatch(/^(undefined)?$/)
})
