import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import type { CommitProof, LoadCommit, LoadResult } from '../../modules/kit/contract.ts'
import { inodeOf, isCommitted, syncFolder } from '../../modules/kit/files/replace-target.ts'
import {
  abandonedIn,
  isOfDeadProcess,
  releaseTemporary,
  removeTemporary,
  temporaryPath,
} from '../../modules/kit/files/temporary-names.ts'
import { operationalError } from '../../shared/errors.ts'

/**
 * A load says here, durably, what it is about to commit, so that it can be told after a kill at any moment whether it did: the file
 * `RUN.NODE.json` is an intent, `RUN.NODE.committed.json` a fact. An intent of a dead process is decided when its project is opened,
 * before anything that the dead process left is cleaned away or written anew.
 */
const FOLDER = '.logidata/commits'
const INTENT = '.json'
const COMMITTED = '.committed.json'
/** Nobody resumes a run after so long. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000

const recordSchema = z.object({
  version: z.literal(1),
  runId: z.string(),
  nodeId: z.string(),
  at: z.string(),
  /** Of everything that the rows depended on. */
  hash: z.string(),
  target: z.string(),
  rows: z.string(),
  rowsByInput: z.record(z.string(), z.string()).optional(),
  written: z.array(z.string()),
  proof: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('rename'), temporary: z.string(), target: z.string(), inode: z.string().optional() }),
    z.object({ kind: z.literal('key'), key: z.string() }),
  ]),
})
export type CommitRecord = z.infer<typeof recordSchema>

export interface CommitOf {
  readonly runId: string
  readonly nodeId: string
  readonly hash: string
  readonly target: string
}

/** @param root the project's folder */
export function commitOf(root: string, of: CommitOf, key = `${of.runId}/${of.nodeId}`): LoadCommit {
  const path = pathOf(root, of, INTENT)
  return {
    key,
    async intend(proof: CommitProof, result: LoadResult) {
      const rowsByInput = result.rowsByInput && Object.fromEntries([...result.rowsByInput].map(digits))
      const record: CommitRecord = {
        version: 1,
        ...of,
        at: new Date().toISOString(),
        rows: String(result.rows),
        ...(rowsByInput ? { rowsByInput } : {}),
        written: [...result.written],
        proof: proof.kind === 'key' ? { kind: 'key', key } : await renameProof(root, proof),
      }
      const text = JSON.stringify(record)
      await writeDurably(path, `${text}\n${checksum(text)}`)
    },
    withdraw: () => rm(path, { force: true }),
  }
}

const digits = ([port, rows]: readonly [string, bigint]) => [port, String(rows)] as const

async function renameProof(root: string, proof: Extract<CommitProof, { kind: 'rename' }>) {
  const inode = await inodeOf(proof.temporary)
  const inside = (path: string): string => relative(root, path)
  const names = { temporary: inside(proof.temporary), target: inside(proof.target) }
  return { kind: 'rename' as const, ...names, ...(inode === undefined ? {} : { inode }) }
}

/** Says that the load was committed; not needed for the truth, which the target holds, but for when somebody removes the target. */
export async function confirmCommit(root: string, of: Pick<CommitOf, 'runId' | 'nodeId'>): Promise<void> {
  await rename(pathOf(root, of, INTENT), pathOf(root, of, COMMITTED)).catch(() => undefined)
}

/**
 * What is known of a load of a run that nobody else is running.
 * @param hasKey asks the target
 * @returns what it committed, if it did
 */
export async function findCommit(
  root: string,
  of: Pick<CommitOf, 'runId' | 'nodeId'>,
  hasKey: (key: string) => Promise<boolean>,
): Promise<CommitRecord | undefined> {
  const [intended, fact] = [pathOf(root, of, INTENT), pathOf(root, of, COMMITTED)]
  const intent = await readRecord(intended)
  if (intent === 'damaged') throw unknowable(root, of, intended)
  if (!intent) {
    const record = await readRecord(fact)
    if (record === 'damaged') throw unknowable(root, of, fact)
    return record
  }
  const { proof } = intent
  if (proof.kind === 'key' ? await hasKey(proof.key) : await renamed(root, proof)) {
    await confirmCommit(root, of)
    return intent
  }
  await rm(intended, { force: true })
  return undefined
}

const renamed = (root: string, proof: Extract<CommitRecord['proof'], { kind: 'rename' }>): Promise<boolean> =>
  isCommitted(proof.inode, join(root, proof.temporary), join(root, proof.target))

/** Decides the intents of processes that died. To be called before their leftovers are cleaned away. */
export async function settleCommits(root: string): Promise<void> {
  const folder = join(root, FOLDER)
  for (const { path } of await abandonedIn(folder)) await rm(path, { force: true }).catch(() => undefined)
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    if (!name.endsWith(INTENT)) continue
    const record = await readRecord(path)
    // What it said, whoever takes up its run is told that nobody knows.
    if (record === 'damaged') continue
    if (!record || Date.now() - Date.parse(record.at) > KEPT_MS) {
      if (record) await rm(path, { force: true }).catch(() => undefined)
      continue
    }
    if (name.endsWith(COMMITTED) || record.proof.kind === 'key') continue
    if (!(await isOfDeadProcess(path, basename(record.proof.temporary)))) continue
    if (await renamed(root, record.proof)) await confirmCommit(root, record)
    else await rm(path, { force: true }).catch(() => undefined)
  }
}

function pathOf(root: string, { runId, nodeId }: Pick<CommitOf, 'runId' | 'nodeId'>, ending: string): string {
  return join(root, FOLDER, `${encodeURIComponent(runId)}.${encodeURIComponent(nodeId)}${ending}`)
}

/** A record and its checksum in a line of its own, which those of earlier versions have not. It was written whole or not at all. */
async function readRecord(path: string): Promise<CommitRecord | 'damaged' | undefined> {
  const bytes = await readFile(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })
  if (bytes === undefined) return undefined
  try {
    const [text = '', sum] = bytes.toString('utf8').split('\n')
    if (sum !== undefined && sum !== checksum(text)) return 'damaged'
    return recordSchema.parse(JSON.parse(text))
  } catch {
    return 'damaged'
  }
}

const checksum = (text: string): string => crc32(text).toString(16)

/** Loading again might load twice, and not loading might lose the rows: a person decides. */
const unknowable = (root: string, { nodeId }: Pick<CommitOf, 'nodeId'>, path: string) =>
  operationalError(
    'load.commit-damaged',
    `Nobody knows whether “${nodeId}” had written its rows before the run was interrupted: the record of it is damaged.`,
    {
      nodeId,
      hint: `Look at the target. If the rows are missing, remove ${relative(root, path).replaceAll('\\', '/')} and resume the run; if they are there, leave it at that.`,
    },
  )

async function writeDurably(path: string, text: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const temporary = temporaryPath(path, 'new')
  try {
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    releaseTemporary(temporary)
    await syncFolder(folder)
  } finally {
    await removeTemporary(temporary)
  }
}
