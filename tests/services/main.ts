// `scripts/services up|down|status [NAME…]`, `scripts/services keyring COMMAND…`.
import { parseArgs } from 'node:util'
import { api } from './api.ts'
import type { Definition } from './definition.ts'
import { withKeyring } from './keyring.ts'
import { down, status, up } from './manage.ts'
import { mariadb } from './mariadb.ts'
import { minio } from './minio.ts'
import { mongodb } from './mongodb.ts'
import { postgres } from './postgres.ts'
import { sftp } from './sftp.ts'
import { sftpPassword } from './sftp-password.ts'

const definitions: readonly Definition[] = [postgres, mariadb, minio, mongodb, sftp, sftpPassword, api]

const usage = `Usage: scripts/services COMMAND [NAME…]

  up        start the services that do not run yet
  down      end them and remove their data
  status    say what runs, and where (--json for programs)
  keyring   run a command that has an unlocked keychain of its own

Services: ${definitions.map(({ name }) => name).join(' ')}; all of them where none is named.
`

function chosen(names: readonly string[]): readonly Definition[] {
  if (names.length === 0) return definitions
  return names.map((name) => {
    const definition = definitions.find((candidate) => candidate.name === name)
    if (definition === undefined) throw new Error(`There is no service "${name}".\n\n${usage}`)
    return definition
  })
}

async function main(): Promise<number> {
  const [first, ...keyringCommand] = process.argv.slice(2)
  if (first === 'keyring' && keyringCommand.length > 0) return await withKeyring(keyringCommand)
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
  const [command, ...names] = positionals
  const selected = chosen(names)
  switch (command) {
    case 'up': {
      const failed = await up(selected, (line) => console.error(line))
      if (failed.length > 0) console.error(`Not running: ${failed.join(', ')}`)
      return failed.length > 0 ? 1 : 0
    }
    case 'down':
      await down(selected, names.length === 0)
      return 0
    case 'status': {
      const entries = await status(selected)
      if (values.json === true) console.log(JSON.stringify(entries, null, 2))
      else for (const { name, title } of selected) console.log(row(name, title, entries[name]))
      return Object.values(entries).every((entry) => entry?.state === 'running') ? 0 : 1
    }
    default:
      console.error(usage)
      return 2
  }
}

function row(name: string, title: string, entry: Awaited<ReturnType<typeof status>>[string]): string {
  const cells = [name.padEnd(14), `${title} ${entry?.version ?? ''}`.padEnd(34), (entry?.state ?? 'down').padEnd(9)]
  const where = entry?.details['port'] === undefined ? '' : `${entry.details['host']}:${entry.details['port']}`
  return `${cells.join('')} ${entry?.error ?? where}`.trimEnd()
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
