// SFTP by a server of our own (npm's ssh2), which takes a password as well as the user's key.
import { cpSync, mkdirSync } from 'node:fs'
import type { Definition, Surroundings } from './definition.ts'
import { answers, freePort, launch, until } from './processes.ts'
import { keyDetails, makeKeys, writeKnownHosts } from './sftp.ts'
import type { SftpOptions } from './sftp-server/main.ts'
import { root } from './state.ts'

async function start({ folder, log, owns, chinook }: Surroundings) {
  const passphrase = 'open sesame'
  await makeKeys(folder, log, passphrase)
  const options: SftpOptions = {
    port: await freePort(),
    hostKey: `${folder}/host_ed25519`,
    root: `${folder}/files`,
    user: 'logidata',
    password: 'p@ss:w/rd %20?#é\'"\\',
    publicKey: `${folder}/user_ed25519.pub`,
  }
  const { port, user, password } = options
  writeKnownHosts(folder, port)
  mkdirSync(`${folder}/files/incoming`, { recursive: true })
  cpSync(await chinook(), `${folder}/files/chinook`, { recursive: true })
  const args = [`${root}tests/services/sftp-server/main.ts`, JSON.stringify(options)]
  const server = launch({ program: process.execPath, args, log })
  owns(server)
  await until(async () => await answers(port), server, log)
  return {
    version: process.version.slice(1),
    details: { host: '127.0.0.1', port, user, password, ...keyDetails(folder, passphrase) },
  }
}

export const sftpPassword: Definition = {
  name: 'sftp-password',
  title: 'SSH server, Node',
  programs: ['ssh-keygen'],
  packages: ['openssh-client'],
  start,
}
