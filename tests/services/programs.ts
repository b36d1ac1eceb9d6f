// Finds the programs of the servers, and installs Debian's packages of those that are missing.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import type { Account } from './processes.ts'

/** Where Debian keeps server programs, which an ordinary user's PATH lacks. */
function folders(): string[] {
  const postgres = '/usr/lib/postgresql'
  let versions: string[] = []
  try {
    versions = readdirSync(postgres).sort((a, b) => Number(b) - Number(a))
  } catch {
    // Not installed, or not Debian.
  }
  return [
    ...versions.map((version) => `${postgres}/${version}/bin`),
    ...(process.env['PATH'] ?? '').split(':'),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/lib/openssh',
    '/opt/homebrew/bin',
  ]
}

/** The path of a program, or undefined. */
export function find(program: string, where: readonly string[] = folders()): string | undefined {
  return where
    .filter((folder) => folder !== '')
    .map((folder) => `${folder}/${program}`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** The path of a program that must be there. */
export function need(program: string): string {
  const path = find(program)
  if (path === undefined) throw new Error(`${program} is not installed`)
  return path
}

/**
 * Installs Debian packages; throws with what to do where it cannot. Some bring a server that the system starts by itself: on a
 * person's own machine that is the person's to decide.
 */
export function installPackages(packages: readonly string[]): void {
  if (find('apt-get') === undefined) throw new Error(`install ${packages.join(' ')} with your system's package manager`)
  const isRoot = process.getuid?.() === 0
  if (!isRoot && !process.env['CI']) throw new Error(`run: sudo apt-get install ${packages.join(' ')}`)
  const admin = isRoot ? [] : ['sudo', '-n']
  const command = [...admin, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  let last = ''
  for (const args of [install, ['update', '-qq'], install]) {
    const [program = '', ...rest] = [...command, ...args]
    const { status, stderr, error } = spawnSync(program, rest, { encoding: 'utf8', timeout: 300_000 })
    if (status === 0 && args === install) return
    last = error?.message ?? stderr?.trim().split('\n').at(-1) ?? ''
  }
  throw new Error(`install ${packages.join(' ')} by hand, apt-get could not: ${last}`)
}

/** An account without rights, for servers that refuse to run as root; undefined where we are not root. */
export function unprivileged(...names: readonly string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of [...names, 'nobody']) {
    const [, , uid, gid] = accounts.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('there is no account "nobody" to run it as')
}
