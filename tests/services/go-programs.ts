// Servers that no Debian package has: built by Go once, and kept outside the clone.
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Surroundings } from './definition.ts'
import { run } from './processes.ts'
import { find, need } from './programs.ts'

const cache = `${process.env['XDG_CACHE_HOME'] || `${homedir()}/.cache`}/logidata-services`

/** What to build: a module's command at a version, in a folder that has a go.mod for it, or by itself. */
export interface GoProgram {
  readonly name: string
  readonly version: string
  readonly package: string
  /** A folder whose go.mod names the command as a tool, and the versions of all that it needs. */
  readonly module?: string
  /** Files that its authors make before they build, and that the module therefore lacks: path in `vendor/`, content. */
  readonly generated?: Readonly<Record<string, string>>
}

/** The path of the built program; builds it where it is not in the cache, which takes minutes. */
export async function buildGoProgram(program: GoProgram, { log, say }: Surroundings): Promise<string> {
  const name = `${program.name}-${program.version}`
  const built = find(name, [cache])
  if (built !== undefined) return built
  const go = find('go')
  if (go === undefined) throw new Error('Go 1.24 or later is not installed')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(`${cache}/build-`)
  say(`building ${program.name} ${program.version} with Go, once: some minutes …`)
  try {
    const flags = ['-trimpath', '-ldflags=-s -w']
    const nice = async (...args: readonly string[]) => {
      const env = { GOBIN: folder, GOFLAGS: '' }
      await run({ program: need('nice'), args: ['-n', '10', go, ...args], log, env, cwd: folder, seconds: 1200 })
    }
    if (program.module === undefined) {
      await nice('install', ...flags, `${program.package}@${program.version}`)
    } else {
      for (const file of ['go.mod', 'go.sum']) copyFileSync(`${program.module}/${file}`, `${folder}/${file}`)
      await nice('mod', 'vendor')
      for (const [path, text] of Object.entries(program.generated ?? {}))
        writeFileSync(`${folder}/vendor/${path}`, text)
      await nice('build', ...flags, '-mod=vendor', '-o', `${folder}/${program.name}`, program.package)
    }
    renameSync(`${folder}/${program.name}`, `${cache}/${name}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return `${cache}/${name}`
}
