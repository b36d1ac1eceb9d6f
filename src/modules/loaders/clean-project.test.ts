import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cleanStaging, markUsed, recoverProject } from '../kit/files/clean-project.ts'
import { recoverTarget } from '../kit/files/replace-target.ts'
import { temporaryPath } from '../kit/files/temporary-names.ts'
import { type FileLab, openFileLab } from '../kit/files/testing.ts'
import { raw } from '../kit/sql.ts'
import { parquetLoad } from './parquet/implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const WRITER = join(import.meta.dirname, 'crash-writer.ts')
const DAY = 24 * 60 * 60 * 1000

describe('opening a project', () => {
  it('puts back a folder that a killed process left between the two renames', async () => {
    const config = { path: 'out/deep/p/' }
    await lab.load(parquetLoad, config, raw('SELECT 1 AS id'))
    const args = [WRITER, 'parquet', lab.root, JSON.stringify(config), 'SELECT 2 AS id']
    const env = { ...process.env, LOGIDATA_TEST_CRASH_AT: 'swap' }
    expect(spawnSync(process.execPath, args, { env }).signal).toBe('SIGKILL')
    expect(await readdir(join(lab.root, 'out/deep'))).not.toContain('p')
    await recoverProject(lab.root)
    expect(await readdir(join(lab.root, 'out/deep'))).toEqual(['p'])
    const { rows } = await lab.session.query(raw(`SELECT id FROM '${lab.root}/out/deep/p/*.parquet'`))
    expect(rows).toEqual([['1']])
  })

  it('leaves alone what another thread of this process is writing', async () => {
    const target = join(lab.root, 'a.csv')
    const code = `const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module).then(({ temporaryPath }) => {
        const path = temporaryPath(workerData.target, 'new')
        require('node:fs').writeFileSync(path, 'half')
        parentPort.postMessage(path)
      })`
    const module = join(import.meta.dirname, '../kit/files/temporary-names.ts')
    const worker = new Worker(code, { eval: true, workerData: { module, target } })
    const path = await new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await recoverTarget(target)
    await recoverProject(lab.root)
    expect(await readFile(path, 'utf8')).toBe('half')
    await worker.terminate()
  })
})

describe('staged files', () => {
  const folder = () => lab.files.staging
  const staged = async (name: string, days: number, bytes = 10) => {
    const id = `csv-${createHash('md5').update(name).digest('hex')}`
    for (const file of [`${id}.parquet`, `${id}-rejects.parquet`]) {
      const path = join(folder(), file)
      await writeFile(path, '')
      await truncate(path, bytes)
      const at = new Date(Date.now() - days * DAY)
      await utimes(path, at, at)
    }
    return `${id}.parquet`
  }
  const left = async () => (await readdir(folder())).filter((name) => !name.includes('rejects')).sort()

  it('go when they were not used for 30 days, and no other file does', async () => {
    await staged('old', 31)
    const kept = await staged('young', 29)
    await writeFile(join(folder(), 'notes.txt'), 'mine')
    await utimes(join(folder(), 'notes.txt'), 0, 0)
    await cleanStaging(folder())
    expect(await left()).toEqual([kept, 'notes.txt'].sort())
    expect(await readdir(folder())).toHaveLength(3)
  })

  it('go from the one that was used longest ago while they are too large', async () => {
    await staged('a', 3, 3e9)
    const b = await staged('b', 2, 2e9)
    const c = await staged('c', 1, 1e8)
    await cleanStaging(folder())
    expect(await left()).toEqual([b, c].sort())
  })

  it('stay when this process uses them, whatever their size', async () => {
    const used = await staged('a', 40, 6e9)
    await markUsed(join(folder(), used))
    await cleanStaging(folder())
    expect(await left()).toEqual([used])
  })

  it('that a dead process did not finish go at once, those of a live one stay', async () => {
    const live = temporaryPath(join(folder(), 'csv-x.parquet'), 'part')
    await writeFile(live, 'half')
    const dead = live.replace(`-${process.pid}-`, '-999999999-')
    await writeFile(dead, 'half')
    await mkdir(join(folder(), 'other'))
    await cleanStaging(folder())
    expect(await readdir(folder())).toEqual([live.slice(folder().length + 1), 'other'])
  })
})
