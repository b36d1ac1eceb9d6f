import { posix } from 'node:path'
import type { BrowseEntry } from '../../../shared/connections/connection.ts'
import type { Connector } from '../../kit/connector.ts'
import { formatOf } from '../../remote-files/formats.ts'
import { checkName, checkPort, diagnose } from '../kit/diagnose.ts'
import { addressOf } from '../kit/errors.ts'
import { filesOf } from '../kit/project-file.ts'
import { openSsh } from '../kit/ssh.ts'
import { loginOf, type RemoteEntry, SftpClient, withSftp } from './client.ts'
import { sftpDescriptor } from './descriptor.ts'

export const sftpConnector: Connector<typeof sftpDescriptor.settings> = {
  descriptor: sftpDescriptor,
  async test(connection, { projectRoot, signal }) {
    let known: Awaited<ReturnType<typeof loginOf>> | undefined
    let client: SftpClient | undefined
    const login = () => {
      if (!known) throw new TypeError('the settings come first')
      return known.login
    }
    try {
      return await diagnose(
        [
          {
            step: 'settings',
            run: async () => {
              known = await loginOf(connection, filesOf(projectRoot))
              return 'The settings are complete.'
            },
          },
          { step: 'name', run: () => checkName(login().remote, signal).run() },
          { step: 'connect', run: () => checkPort(login().remote, login().timeoutMs, signal).run() },
          {
            step: 'login',
            run: async () => {
              const ssh = await openSsh(login(), signal)
              client = await SftpClient.open(ssh, login(), known?.folder ?? '.', signal)
              return `${addressOf(login().remote)} is the known server and lets “${login().user}” in.`
            },
          },
          {
            step: 'rights',
            run: async () => {
              const entries = (await client?.list('.')) ?? []
              return `${client?.folder} can be listed; it holds ${entries.length} files and folders.`
            },
          },
        ],
        signal,
      )
    } finally {
      client?.close()
    }
  },
  browse(connection, path, { projectRoot, signal }) {
    return withSftp(connection, { files: filesOf(projectRoot), signal }, async (client) => {
      const folder = path.join('/')
      const entries = await client.list(folder === '' ? '.' : folder)
      return entries
        .filter(({ isFolder, isFile }) => isFolder || isFile)
        .map((entry) => asEntry(entry, posix.join(folder, entry.name)))
    })
  },
}

function asEntry(entry: RemoteEntry, path: string): BrowseEntry {
  if (entry.isFolder) return { name: entry.name, kind: 'folder', children: true }
  return {
    name: entry.name,
    kind: 'file',
    detail: `${entry.bytes.toLocaleString('en')} bytes, ${new Date(entry.modified).toISOString().slice(0, 16).replace('T', ' ')}`,
    children: false,
    ...(formatOf(path) === undefined ? {} : { extract: { type: 'extract.sftp', config: { path } } }),
  }
}
