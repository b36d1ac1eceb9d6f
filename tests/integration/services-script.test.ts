import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { find } from '../services/programs.ts'
import type { Entry, State } from '../services/state.ts'

const script = fileURLToPath(new URL('../services/main.ts', import.meta.url))
const home = mkdtempSync(`${tmpdir()}/logidata-services-test-`)

/** The script with a state of its own; a service that Go must build cannot be built. */
async function services(...args: readonly string[]) {
  const env = { ...process.env, LOGIDATA_SERVICES_HOME: home, XDG_CACHE_HOME: `${home}/cache`, PATH: '/usr/bin:/bin' }
  const child = spawn(process.execPath, [script, ...args], { env })
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8')
  })
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, out, errors }
}

const state = () => JSON.parse(readFileSync(`${home}/services.json`, 'utf8')) as State
const pidOf = (name: string) => state().services[name]?.processes[0]?.pid ?? 0
const exists = (pid: number) => {
  try {
    // A process that has ended, and whose parent has not asked yet, is still listed.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

afterAll(async () => {
  await services('down')
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(process.platform !== 'linux' || find('openssl') === undefined)('scripts/services', () => {
  test('starts what is named, leaves it when it runs, revives it, and ends it with all its data', async () => {
    expect((await services('status', 'api')).out).toMatch(/api .*down/)
    expect(await services('up', 'api')).toMatchObject({ status: 0 })
    const [first, folder] = [pidOf('api'), state().folder]
    expect(await services('up', 'api')).toEqual({ status: 0, out: '', errors: '' })
    expect(pidOf('api')).toBe(first)

    process.kill(first, 'SIGKILL')
    const told = await services('status', 'api', '--json')
    expect(told.status).toBe(1)
    expect((JSON.parse(told.out) as Record<string, Entry>)['api']?.error).toContain('ended by itself')
    expect(await services('up', 'api')).toMatchObject({ status: 0 })
    const second = pidOf('api')
    expect([second === first, exists(second)]).toEqual([false, true])

    expect(await services('down')).toMatchObject({ status: 0 })
    expect([exists(second), existsSync(folder), existsSync(`${home}/services.json`)]).toEqual([false, false, false])
    expect(await services('down')).toMatchObject({ status: 0 })
  })

  test('says which service failed and why, and starts the others', async () => {
    if (find('go', ['/usr/bin', '/bin']) !== undefined) return // Debian's Go would begin to build
    const { status, errors } = await services('up', 'minio', 'api')
    expect(status).toBe(1)
    expect(errors).toContain('minio: FAILED: Go 1.24 or later is not installed')
    expect(errors).toContain('Not running: minio\n')
    expect(exists(pidOf('api'))).toBe(true)
  })

  test('starts a service once when two ask at the same time', async () => {
    await services('down')
    const results = await Promise.all([services('up', 'api'), services('up', 'api')])
    expect(results.map(({ status }) => status)).toEqual([0, 0])
    expect(results.filter(({ errors }) => errors.includes('api: ')).length).toBe(1)
  })

  test('knows its services', async () => {
    expect((await services('up', 'oracle')).errors).toContain('There is no service "oracle"')
    expect((await services()).status).toBe(2)
  })
})
