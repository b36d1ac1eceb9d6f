import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { moduleInfos, moduleOf } from '../modules/catalogue.ts'
import { temporaryPath } from '../modules/kit/files/temporary-names.ts'
import { raw } from '../modules/kit/sql.ts'
import { SPILL_FOLDER } from './lock-down.ts'
import { Projects } from './projects.ts'
import { ProjectSession } from './session.ts'
import { never, pipeline } from './testing/temporary-project.ts'

let root: string
let projects: Projects
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'logidata-leftovers-')))
  projects = new Projects({ memoryBytes: 200e6, threads: 2, moduleOf, moduleInfos })
})
afterEach(async () => {
  await projects.close()
  rmSync(root, { recursive: true, force: true })
})

/** A temporary name as a process that is no longer there would have made it. */
const ofTheDead = (target: string, role: 'old' | 'part'): string =>
  temporaryPath(join(root, target), role).replace(`-${process.pid}-`, '-999999999-')
const spilled = (): string[] => readdirSync(join(root, SPILL_FOLDER))
const open = () => projects.answer('open', { projectRoot: root }, never)

describe('what a process that died left', () => {
  test('is cleaned from the spill folder when the project is opened, and what others use stays', async () => {
    const left = ofTheDead(`${SPILL_FOLDER}/duckdb`, 'part')
    mkdirSync(left, { recursive: true })
    writeFileSync(join(left, 'duckdb_temp_storage_DEFAULT-0.tmp'), 'x')
    const other = await ProjectSession.open({ projectRoot: root, memoryBytes: 100e6 })
    const [theirs] = spilled().filter((name) => name.includes(`-${process.pid}-`))
    await open()
    expect(existsSync(left)).toBe(false)
    expect(spilled()).toContain(theirs)
    await other.close()
    expect(spilled()).not.toContain(theirs)
    await projects.close()
    expect(spilled()).toEqual([])
  })

  test('is put back at the start of a run: a folder between the two renames of its swap', async () => {
    await open()
    const old = ofTheDead('data/p', 'old')
    mkdirSync(old, { recursive: true })
    writeFileSync(join(old, 'a.csv'), 'a\n1\n')
    const nodes = {
      all: { type: 'extract.inline', config: { columns: [{ name: 'a', type: 'BIGINT' }], rows: [['1']] } },
      out: { type: 'load.csv', inputs: { in: 'all' }, config: { path: 'out/a.csv' } },
    }
    const request = { projectRoot: root, ...pipeline(nodes), runId: 'r', rowCounts: 'exact' }
    await projects.answer('run', request, never)
    expect(readdirSync(join(root, 'data'))).toEqual(['p'])
    expect(readdirSync(join(root, 'data/p'))).toEqual(['a.csv'])
  })
})

test('two sessions of one project spill at once, each into a folder of its own', async () => {
  const memoryBytes = 60e6
  const sessions = await Promise.all(
    [1, 2].map(() => ProjectSession.open({ projectRoot: root, memoryBytes, threads: 2 })),
  )
  const sorted = (seed: number) =>
    raw(
      `SELECT count(*), sum(CASE WHEN before > h THEN 1 ELSE 0 END) FROM (SELECT h, lag(h) OVER (ORDER BY h) AS before FROM (SELECT hash(i + ${seed}) AS h FROM range(2500000) t(i)))`,
    )
  const results = await Promise.all(
    sessions.map((session, index) => session.lease(never, (lease) => lease.query(sorted(index * 10_000_000)))),
  )
  for (const { rows } of results) expect(rows).toEqual([['2500000', '0']])
  expect(spilled()).toHaveLength(2)
  await Promise.all(sessions.map((session) => session.close()))
  expect(spilled()).toEqual([])
})
