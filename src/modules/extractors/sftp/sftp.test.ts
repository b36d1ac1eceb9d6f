import { expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { filesOf } from '../../connectors/kit/project-file.ts'
import { withSftpStore } from '../../connectors/sftp/open-store.ts'
import { sftpLoad } from '../../loaders/sftp/implementation.ts'
import { sftpExtract } from './implementation.ts'

// What they do in runs and previews is tested where they are: src/workers/sources/sftp.test.ts.

describeService('sftp', 'Files of a server', (server) => {
  test('are listed once and found by name; who has no key is not let in', async () => {
    const connection = {
      name: 'partner',
      type: 'sftp',
      settings: {
        host: server.host,
        port: server.port,
        user: server.user,
        known_hosts: 'known_hosts',
        key_file: 'user_ed25519',
      },
      secrets: {},
    }
    const folder = server.privateKey.slice(0, server.privateKey.lastIndexOf('/'))
    const asked = { connection, files: filesOf(folder), signal: new AbortController().signal }
    const names = await withSftpStore(asked, async (store) => {
      const found: string[] = []
      for await (const page of store.list('chinook/csv/ar')) found.push(...page.map(({ name }) => name))
      expect((await store.find('chinook/csv/artist.csv'))?.bytes).toBeGreaterThan(1000)
      expect(await store.find('chinook/none')).toBeUndefined()
      return found
    })
    expect(names).toEqual(['chinook/csv/artist.csv'])
    const bare = { ...connection, settings: { ...connection.settings, key_file: 'no_such_key' } }
    expect(await errorOf(withSftpStore({ ...asked, connection: bare }, async () => 1))).toMatchObject({
      code: 'file.not-found',
    })
    expect(sftpExtract.source({ connection: 'partner', path: 'a.csv' } as never)).toBe('sftp://partner/a.csv')
    expect(sftpLoad.target({ connection: 'partner', path: 'a.csv', mode: 'fail' } as never).mode).toBe('fail')
  })
})
