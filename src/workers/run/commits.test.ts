import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryPath } from '../../modules/kit/files/temporary-names.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import { commitOf, confirmCommit, findCommit, settleCommits } from './commits.ts'

const of = { runId: 'r', nodeId: 'out', hash: 'h', target: 'out/a.db#t' }
let root: string
let file: string
beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'logidata-commits-')))
  mkdirSync(join(root, '.logidata'))
  file = join(root, '.logidata/commits/r.out.json')
  await commitOf(root, of).intend({ kind: 'key' }, { rows: 3n, written: ['out/a.db'] })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const found = (hasKey = true) => findCommit(root, of, async () => hasKey)
const failure = () => found().then(() => undefined, toErrorInfo)

test('the target tells what became of an intent', async () => {
  expect(await found(false)).toBeUndefined()
  expect(await found()).toBeUndefined()
  await commitOf(root, of).intend({ kind: 'key' }, { rows: 3n, written: [] })
  expect(await found()).toMatchObject({ rows: '3', target: of.target })
  // A fact from now on, whatever becomes of the target.
  expect(await found(false)).toMatchObject({ rows: '3' })
})

test('a record that a process died at while it wrote it goes', async () => {
  // The number is of no process: the system's own go to 2 ** 22.
  const left = temporaryPath(file, 'new').replace(/-\d+-/, '-99999999-')
  writeFileSync(left, '{"version":')
  await settleCommits(root)
  expect(existsSync(left)).toBe(false)
  expect(await found()).toMatchObject({ rows: '3' })
})

test.each([
  ['cut off', (path: string) => truncateSync(path, 40)],
  ['emptied', (path: string) => truncateSync(path, 0)],
  [
    'changed in one digit',
    (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"rows":"3"', '"rows":"7"')),
  ],
])('a record that was %s is no answer: it is said, and nothing is loaded', async (_how, spoil) => {
  spoil(file)
  await settleCommits(root)
  expect(await failure()).toMatchObject({
    code: 'load.commit-damaged',
    nodeId: 'out',
    hint: expect.stringContaining('.logidata/commits/r.out.json'),
  })
  rmSync(file)
  expect(await found()).toBeUndefined()
})

test('so is a fact that was damaged; one of an earlier version, without a checksum, is none', async () => {
  await confirmCommit(root, of)
  const fact = join(root, '.logidata/commits/r.out.committed.json')
  const [record = ''] = readFileSync(fact, 'utf8').split('\n')
  writeFileSync(fact, record)
  expect(await found()).toMatchObject({ rows: '3' })
  truncateSync(fact, 10)
  expect(await failure()).toMatchObject({ code: 'load.commit-damaged' })
})
