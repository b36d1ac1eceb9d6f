// An authority of our own, made anew at each start, a server certificate for the loopback names and a client's.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { run } from './processes.ts'
import { need } from './programs.ts'

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string
  /** An authority that signed none of the certificates: what a verified connection must refuse. */
  readonly otherCa: string
  readonly serverCertificate: string
  readonly serverKey: string
  /** Its common name is `certificate_user`. */
  readonly clientCertificate: string
  readonly clientKey: string
}

export async function makeCertificates(folder: string, log: string): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const path = (name: string) => `${folder}/${name}`
  const openssl = async (...args: readonly string[]) => {
    await run({ program: need('openssl'), args, log, cwd: folder, seconds: 20 })
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const authority = async (name: string, title: string) => {
    await openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      '30',
      '-subj',
      title,
    )
  }
  const sign = async (name: string, subject: string, extensions: string) => {
    writeFileSync(path(`${name}.ext`), extensions)
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-extfile', `${name}.ext`]
    await openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by)
  }
  const made = {
    ca: path('ca.pem'),
    otherCa: path('other-ca.pem'),
    serverCertificate: path('server.pem'),
    serverKey: path('server.key'),
    clientCertificate: path('client.pem'),
    clientKey: path('client.key'),
  }
  // Those that running servers use stay; the last one tells that all were made.
  if (existsSync(made.clientCertificate)) return made
  await Promise.all([authority('ca', '/CN=Test authority'), authority('other-ca', '/CN=Another authority')])
  await sign('server', '/CN=localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n')
  await sign('client', '/CN=certificate_user', 'extendedKeyUsage=clientAuth\n')
  return made
}
