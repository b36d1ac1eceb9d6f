import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Ships with the application; never opened itself, so that a run does not write into the installation. The built application
 * stands one folder deeper than its sources.
 */
export const SHIPPED_SAMPLE =
  ['../../../resources/sample-project', '../../../../resources/sample-project']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path)) ?? ''

const NOT_COPIED = new Set(['.logidata', 'out'])

/** The person's own copy of the sample project, made on first use and left alone from then on. */
export async function ensureSampleProject(dataDirectory: string, shipped = SHIPPED_SAMPLE): Promise<string> {
  const target = join(dataDirectory, 'sample-project')
  if (existsSync(target)) return target
  await mkdir(dirname(target), { recursive: true })
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`
  try {
    if (existsSync(shipped))
      await cp(shipped, temporary, {
        recursive: true,
        filter: (source) => dirname(source) !== shipped || !NOT_COPIED.has(basename(source)),
      })
    await mkdir(join(temporary, 'pipelines'), { recursive: true })
    // Two windows that start at once: one rename wins, the other finds the folder there.
    await rename(temporary, target)
  } catch (thrown) {
    if (!existsSync(target)) throw thrown
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return target
}
