import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { processStarted } from './process-started.ts'
import { abandonedIn, releaseTemporary, temporaryPath } from './temporary-names.ts'

vi.mock(import('./process-started.ts'), async (original) => {
  const { processStarted: real } = await original()
  return { processStarted: vi.fn(real) }
})

/** A temporary file of another process that lives. */
async function written(): Promise<{ readonly folder: string; readonly pid: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'logidata-names-'))
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")'])
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  await once(child.stdout, 'data')
  const own = temporaryPath(join(folder, 'target.csv'), 'new')
  releaseTemporary(own)
  writeFileSync(own.replace(`-${process.pid}-`, `-${child.pid}-`), 'half')
  return { folder, pid: child.pid ?? 0 }
}

test('what a process that lives is writing is not abandoned', async () => {
  const { folder } = await written()
  expect(await abandonedIn(folder)).toEqual([])
})

test('what is older than the process of its number is of one that died', async () => {
  const { folder } = await written()
  vi.mocked(processStarted).mockResolvedValueOnce(Date.now() + 1000)
  expect(await abandonedIn(folder)).toMatchObject([{ target: join(folder, 'target.csv'), role: 'new' }])
})

test.runIf(platform() === 'linux')('one that was killed, and that nobody has looked after, has ended', async () => {
  // `exec sleep` never asks what became of the child that the shell had started.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => {
    parent.kill('SIGKILL')
  })
  const [said] = await once(parent.stdout, 'data')
  const pid = Number(String(said))
  await vi.waitFor(async () => expect(readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n'))
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(async () => expect(await processStarted(pid)).toBe(Number.POSITIVE_INFINITY))
  // It still answers.
  process.kill(pid, 0)
})

test.runIf(platform() === 'linux')('the system tells when a process began', async () => {
  const before = Date.now()
  const { pid } = await written()
  const started = (await processStarted(pid)) ?? 0
  expect(started).toBeGreaterThan(before - 100)
  expect(started).toBeLessThan(Date.now() + 100)
  expect(await processStarted(2 ** 30)).toBeUndefined()
})
