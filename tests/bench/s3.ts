import { spawn, spawnSync } from 'node:child_process'
import { randomFillSync, randomUUID } from 'node:crypto'
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { filesOf } from '../../src/modules/connectors/kit/project-file.ts'
import { openS3 } from '../../src/modules/connectors/s3/client.ts'
import { S3Store } from '../../src/modules/connectors/s3/store.ts'
import { requireService } from '../services/services.ts'
import { median, timed, type Workload } from './workload.ts'

const ROUNDS = 3

/**
 * One large object into a bucket and out of it, beside curl, which signs and sends or takes the same bytes in one request. By turns, and each
 * round begins with the other one; medians.
 */
export const s3: Workload = async ({ folder, s3Megabytes }) => {
  const server = requireService('minio')
  const session = await openS3(
    {
      name: 'lake',
      type: 's3',
      settings: {
        endpoint: server.endpoint,
        region: server.region,
        bucket: server.bucket,
        path_style: true,
        access_key_id: server.accessKeyId,
      },
      secrets: { secret_access_key: server.secretAccessKey },
    },
    filesOf(folder),
  )
  const store = new S3Store(session, new AbortController().signal)
  const prefix = `bench-${randomUUID()}`
  const [ours, theirs] = [`${prefix}/ours`, `${prefix}/curl`]
  const source = join(folder, 'object.bin')
  const copy = join(folder, 'copy.bin')
  writeRandom(source, s3Megabytes * 1e6)
  const url = `${server.endpoint}/${server.bucket}/${theirs}`
  const login = `user = "${server.accessKeyId}:${server.secretAccessKey}"\naws-sigv4 = "aws:amz:${server.region}:s3"\n`
  const put = { ours: [] as number[], curl: [] as number[] }
  const get = { ours: [] as number[], curl: [] as number[] }
  const peaks = { put: 0, get: 0 }
  const measured = async (kind: 'put' | 'get', work: () => Promise<void>) => {
    const { milliseconds } = await timed(work)
    // Of the process so far: to look every few milliseconds would take the time of the thread that is measured.
    peaks[kind] = process.resourceUsage().maxRSS / 1024
    return milliseconds
  }
  try {
    const sent = ['-T', source, '-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD', url]
    const turns = async (round: number, own: () => Promise<void>, other: () => Promise<void>) => {
      for (const work of round % 2 === 0 ? [own, other] : [other, own]) {
        // What was written before shall not wait to reach the disk while somebody else is measured.
        spawnSync('sync')
        await work()
      }
    }
    for (let round = 0; round < ROUNDS; round++) {
      await turns(
        round,
        async () => void put.ours.push(await measured('put', () => store.put(source, ours))),
        async () => void put.curl.push((await timed(() => curl(sent, login))).milliseconds),
      )
      await turns(
        round,
        async () => {
          const file = await store.find(ours)
          if (!file) throw new Error('the object is not there')
          get.ours.push(await measured('get', () => store.fetch(file, copy)))
          if (statSync(copy).size !== statSync(source).size) throw new Error('the copy is not whole')
          rmSync(copy)
        },
        async () => {
          get.curl.push((await timed(() => curl(['-o', copy, url], login))).milliseconds)
          rmSync(copy)
        },
      )
    }
    return (['put', 'get'] as const).map((kind) => {
      const times = kind === 'put' ? put : get
      const [own, reference] = [median(times.ours), median(times.curl)]
      return {
        workload: `S3 ${kind} of ${s3Megabytes} MB, beside curl`,
        ours: own,
        reference,
        ratio: own / reference,
        peakMegabytes: peaks[kind],
        unit: 'ms' as const,
        goal: 'ratio 1.2 or less, peak under 500 MB',
        met: own / reference <= 1.2 && peaks[kind] < 500,
      }
    })
  } finally {
    await store.remove([ours, theirs])
    session.close()
  }
}

/** Bytes that nobody on the way makes smaller. */
function writeRandom(path: string, bytes: number): void {
  const file = openSync(path, 'w')
  const block = randomFillSync(Buffer.alloc(4 * 2 ** 20))
  for (let left = bytes; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length))
  closeSync(file)
}

/** @param login a file of settings on its input, so that no list of processes shows the key */
function curl(given: readonly string[], login: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('curl', ['--silent', '--show-error', '--fail', '--config', '-', ...given], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    child.stdin.end(login)
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`curl ended with ${code}`))))
  })
}
