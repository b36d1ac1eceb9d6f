import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { type ConnectionOptions, checkServerIdentity, createSecureContext } from 'node:tls'
import { userError } from '../../../shared/errors.ts'
import { type FileFinder, readProjectFile } from './project-file.ts'
import type { TlsSettings } from './tls.ts'

/**
 * Options for `tls.connect` and for drivers that hand theirs on to it. The name that the certificate must have is checked by these options
 * themselves, since drivers differ in what they compare it with (`pg` takes none for an address, so that Node would ask for `localhost`).
 * @param host as the settings have it, also where the connection goes through a tunnel
 * @returns undefined where TLS is off
 * @throws LogiDataError `file.…`, `connection.tls` for files that hold something else
 */
export async function tlsOptions(
  settings: TlsSettings,
  secrets: Readonly<Record<string, string>>,
  { host, files }: { readonly host: string; readonly files: FileFinder },
): Promise<ConnectionOptions | undefined> {
  if (settings.tls === 'off') return undefined
  const verified = settings.tls === 'verified'
  const name = settings.tls_server_name ?? host
  const certificate = await pem(files, settings.tls_certificate, 'tls_certificate')
  const ca = verified ? await pem(files, settings.tls_ca, 'tls_ca') : undefined
  const options: ConnectionOptions = {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: verified,
    checkServerIdentity: (_given, peer) => (verified ? checkServerIdentity(name, peer) : undefined),
    // An address is not sent as a name: the standard forbids it.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : clientKey(certificate, secrets)),
  }
  return options
}

function clientKey(cert: string, secrets: Readonly<Record<string, string>>): ConnectionOptions {
  const { tls_key: key, tls_key_passphrase: passphrase } = secrets
  if (key === undefined)
    throw userError('connection.tls', 'The client certificate has no key.', {
      hint: 'Give its key under the secrets of the connection.',
    })
  const options = { cert, key, ...(passphrase === undefined ? {} : { passphrase }) }
  try {
    createSecureContext(options)
  } catch (thrown) {
    // Its text may hold parts of the key.
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
    const mismatch = code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
    throw userError(
      'connection.tls',
      mismatch
        ? 'The key does not belong to the client certificate.'
        : 'The key of the client certificate cannot be read.',
      {
        hint: mismatch ? 'Give the key that the certificate was made for.' : 'Is it PEM, and is its passphrase right?',
      },
    )
  }
  return options
}

async function pem(files: FileFinder, path: string | undefined, field: string): Promise<string | undefined> {
  if (path === undefined) return undefined
  const content = await readProjectFile(files, path)
  try {
    new X509Certificate(content)
  } catch (cause) {
    throw userError('connection.tls', `${path} holds no certificate.`, {
      hint: `A PEM file is needed, which begins with -----BEGIN CERTIFICATE----- (setting ${field}).`,
      cause,
    })
  }
  return content
}
