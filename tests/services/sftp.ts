// SFTP by Debian's OpenSSH server, for keys and tunnels. It runs without rights, therefore it can check no passwords: sftp-password.ts does.
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Definition, Surroundings } from './definition.ts'
import { answers, freePort, launch, run, until } from './processes.ts'
import { need, unprivileged } from './programs.ts'

const settings = (folder: string, port: number) => `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${folder}/host_ed25519
PidFile none
AuthorizedKeysFile ${folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
AllowTcpForwarding local
X11Forwarding no
PrintMotd no
MaxStartups 100
MaxSessions 100
Subsystem sftp internal-sftp -d ${folder}/files
ForceCommand internal-sftp -d ${folder}/files
`

/** Key pairs: of the host, of a user, one more of the user with a passphrase, and one that nobody let in. */
export async function makeKeys(folder: string, log: string, passphrase: string): Promise<void> {
  const key = async (name: string, type: readonly string[], secret = '') => {
    const args = ['-q', '-t', ...type, '-N', secret, '-C', name, '-f', `${folder}/${name}`]
    await run({ program: need('ssh-keygen'), args, log })
  }
  await Promise.all([
    key('host_ed25519', ['ed25519']),
    key('user_ed25519', ['ed25519']),
    key('user_ecdsa_passphrase', ['ecdsa'], passphrase),
    key('stranger_ed25519', ['ed25519']),
  ])
  const publicKeys = ['user_ed25519', 'user_ecdsa_passphrase'].map((name) =>
    readFileSync(`${folder}/${name}.pub`, 'utf8'),
  )
  writeFileSync(`${folder}/authorized_keys`, publicKeys.join(''))
}

/** The lines of a known_hosts file: the right one, and one with another's key. */
export function writeKnownHosts(folder: string, port: number): void {
  const line = (name: string) => {
    const [type, key] = readFileSync(`${folder}/${name}.pub`, 'utf8').split(' ')
    return `[127.0.0.1]:${port} ${type} ${key}\n`
  }
  writeFileSync(`${folder}/known_hosts`, line('host_ed25519'))
  writeFileSync(`${folder}/known_hosts_wrong`, line('stranger_ed25519'))
}

/** What both servers of SFTP tell of their keys. */
export function keyDetails(folder: string, passphrase: string) {
  return {
    privateKey: `${folder}/user_ed25519`,
    privateKeyWithPassphrase: `${folder}/user_ecdsa_passphrase`,
    passphrase,
    strangerKey: `${folder}/stranger_ed25519`,
    knownHosts: `${folder}/known_hosts`,
    wrongKnownHosts: `${folder}/known_hosts_wrong`,
    hostKey: readFileSync(`${folder}/host_ed25519.pub`, 'utf8').split(' ').slice(0, 2).join(' '),
    root: `${folder}/files`,
  }
}

async function start({ folder, log, owns, chinook }: Surroundings) {
  const account = unprivileged('games') // OpenSSH takes the account nobody for a locked one
  const port = await freePort()
  const passphrase = 'open sesame'
  await makeKeys(folder, log, passphrase)
  writeKnownHosts(folder, port)
  mkdirSync(`${folder}/files/incoming`, { recursive: true })
  cpSync(await chinook(), `${folder}/files/chinook`, { recursive: true })
  writeFileSync(`${folder}/sshd_config`, settings(folder, port))
  if (account !== undefined) {
    for (const path of ['host_ed25519', 'files', 'files/incoming']) {
      chownSync(`${folder}/${path}`, account.uid, account.gid)
    }
    chmodSync(`${folder}/host_ed25519`, 0o600)
  }
  const args = ['-D', '-e', '-f', `${folder}/sshd_config`]
  const server = launch({ program: need('sshd'), args, log, account, cwd: folder })
  owns(server)
  await until(async () => await answers(port), server, log)
  const said = await run({ program: need('ssh'), args: ['-V'], log })
  const version = /OpenSSH_(\S+)/.exec(said || readFileSync(log, 'utf8'))?.[1] ?? ''
  const user = account?.name ?? userInfo().username
  return { version, details: { host: '127.0.0.1', port, user, ...keyDetails(folder, passphrase) } }
}

export const sftp: Definition = {
  name: 'sftp',
  title: 'OpenSSH',
  programs: ['sshd', 'ssh', 'ssh-keygen'],
  packages: ['openssh-server', 'openssh-client'],
  start,
}
