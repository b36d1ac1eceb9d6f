import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { temporaryFolder } from '../../src/main/testing/temporary-folder.ts'
import { appContract } from '../../src/shared/rpc/app-contract.ts'
import { createClient } from '../../src/shared/rpc/client.ts'
import { socketTransport } from '../../src/shared/rpc/socket-transport.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The first start builds the window. */
const LONG = 180_000

interface Started {
  readonly link: Promise<string>
  readonly ended: Promise<number | null>
  readonly text: () => string
  stop(): void
}

function start(home: string, ...args: string[]): Started {
  const child = spawn(process.execPath, [join(root, 'src/cli/start.ts'), ...args], {
    cwd: root,
    env: { ...process.env, LOGIDATA_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let text = ''
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const link = new Promise<string>((resolve) => {
    const read = (chunk: Buffer) => {
      text += chunk
      const address = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(text)?.[0]
      if (address) resolve(address)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
  })
  return { link, ended, text: () => text, stop: () => child.kill('SIGTERM') }
}

async function enter(link: string) {
  const { origin } = new URL(link)
  const entrance = await fetch(link, { redirect: 'manual' })
  const cookie = entrance.headers.get('set-cookie')?.split(';')[0] ?? ''
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, { headers: { cookie, origin } })
  onTestFinished(() => socket.terminate())
  return { origin, cookie, client: createClient(appContract, socketTransport(socket)) }
}

describe('npm start', () => {
  test(
    'serves the built window and the application on the sample’s copy, and ends cleanly',
    async () => {
      const home = await temporaryFolder()
      const studio = start(home, '--browser', '--no-open', '--port', '0')
      const { origin, cookie, client } = await enter(await studio.link)
      expect(studio.text()).toMatch(/^LogiData Studio in the browser \(as asked\)/m)

      const page = await (await fetch(origin, { headers: { cookie } })).text()
      const script = /src="([^"]+\.js)"/.exec(page)?.[1] ?? ''
      const answer = await fetch(new URL(script, origin), { headers: { cookie, 'accept-encoding': 'gzip' } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-encoding')).toBe('gzip')
      expect(page).not.toMatch(/<script(?![^>]*src=)[^>]*>/)

      const project = await client.call('project.current', {})
      expect(project).toMatchObject({ root: join(home, 'sample-project'), sample: true })
      expect((await client.call('modules.list', {})).map(({ type }) => type)).toContain('transform.filter')

      const { path, revision } = await client.call('pipeline.create', { name: 'Two rows' })
      const document = {
        format: 'logidata/v1' as const,
        name: 'Two rows',
        nodes: {
          rows: {
            type: 'extract.inline',
            config: { columns: [{ name: 'n', type: 'BIGINT' }], rows: [['1'], ['12345678901234567']] },
          },
          out: { type: 'load.csv', inputs: { in: 'rows' }, config: { path: 'out/two.csv' } },
        },
      }
      await client.call('pipeline.save', { path, revision, document })
      const preview = await client.call('draft.preview', { document, nodeId: 'rows' })
      expect(preview.rows).toEqual([['1'], ['12345678901234567']])

      const { runId } = await client.call('run.start', { document, path })
      const events = []
      for await (const event of client.stream('run.events', { runId })) events.push(event)
      expect(events.at(-1)).toMatchObject({ kind: 'finished', state: 'succeeded' })
      expect(await readFile(join(home, 'sample-project/out/two.csv'), 'utf8')).toBe('n\n1\n12345678901234567\n')
      expect(existsSync(join(root, 'resources/sample-project/.logidata'))).toBe(false)

      studio.stop()
      expect(await studio.ended).toBe(0)
    },
    LONG,
  )

  test(
    'opens the folder that was named, on the port that was named',
    async () => {
      const [home, project] = [await temporaryFolder(), await temporaryFolder()]
      const studio = start(home, '--browser', '--no-open', '--port', '0', project)
      const link = await studio.link
      const { client } = await enter(link)
      expect(await client.call('project.current', {})).toMatchObject({ root: project, sample: false })

      const other = await temporaryFolder()
      const second = start(home, '--browser', '--no-open', '--port', new URL(link).port, other)
      expect(await second.ended).toBe(1)
      expect(second.text()).toContain('is in use by another program')
      const third = start(home, '--browser', '--no-open', '--port', '0', project)
      expect(await third.ended).toBe(1)
      expect(third.text()).toMatch(/is open in LogiData Studio \(browser\) \(process \d+, since/)
      studio.stop()
      expect(await studio.ended).toBe(0)
    },
    LONG,
  )

  test.each([
    [['--port', 'x'], 2, 'not a port'],
    [['--frob'], 2, '--frob'],
    [['a', 'b'], 2, 'one project'],
    [['--help'], 0, 'Examples:'],
    [['--browser', '--no-open', '/nowhere/at/all'], 1, 'There is no file or folder'],
  ])(
    '%j ends with %i',
    async (args, code, text) => {
      const studio = start(await temporaryFolder(), ...args)
      expect(await studio.ended).toBe(code)
      expect(studio.text()).toContain(text)
      expect(studio.text()).not.toMatch(/^\s+at /m)
    },
    LONG,
  )
})
