import { userError } from '../../../shared/errors.ts'
import { pinOf, type TrustedHosts } from './known-hosts.ts'
import { type FileFinder, readProjectFile } from './project-file.ts'
import type { SshLogin } from './ssh.ts'

interface Given {
  readonly auth: 'key' | 'password'
  readonly keyFile: string | undefined
  readonly key: string | undefined
  readonly password: string | undefined
  readonly passphrase: string | undefined
}

/** @throws LogiDataError `connection.no-secret`, `file.…` */
export async function sshAuth(given: Given, files: FileFinder): Promise<SshLogin['auth']> {
  const missing = (what: string) =>
    userError('connection.no-secret', `The connection has no ${what} for SSH.`, {
      field: ['connection'],
      hint: 'Give it under the secrets of the connection.',
    })
  if (given.auth === 'password') {
    if (given.password === undefined) throw missing('password')
    return { password: given.password }
  }
  const key = given.keyFile === undefined ? given.key : await readProjectFile(files, given.keyFile)
  if (key === undefined) throw missing('private key')
  return { key, passphrase: given.passphrase }
}

/** @throws LogiDataError `connection.invalid`, `file.…` */
export async function trustedHosts(
  hostKeys: readonly string[],
  file: string | undefined,
  files: FileFinder,
): Promise<TrustedHosts> {
  for (const text of hostKeys) pinOf(text)
  return { hostKeys, knownHosts: file === undefined ? undefined : await readProjectFile(files, file) }
}
