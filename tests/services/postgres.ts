// PostgreSQL, with TLS by the certificates of the test authority, and accounts for what tests must see refused.
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Definition, Surroundings } from './definition.ts'
import { freePort, launch, run, until } from './processes.ts'
import { need, unprivileged } from './programs.ts'
import { root } from './state.ts'

const access = `
hostssl   all certificate_user 127.0.0.1/32 cert
hostnossl all tls_user         127.0.0.1/32 reject
host      all all              127.0.0.1/32 scram-sha-256
`

/** Speed before safety: a server of the tests is made anew. */
const settings = (port: number) => `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 128MB
max_wal_size = 2GB
timezone = 'UTC'
lc_messages = 'C'
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
ssl_ca_file = 'ca.pem'
logging_collector = off
log_line_prefix = '%m [%p] %u@%d '
`

/** The script without what makes and chooses the database. */
function chinookSql(): string {
  const text = readFileSync(`${root}tests/fixtures/chinook/Chinook_PostgreSql.sql`, 'utf8')
  return text.replace(/^(DROP|CREATE) DATABASE .*$/gm, '').replace(/^\\c .*$/gm, '')
}

async function start({ folder, log, certificates, owns }: Surroundings) {
  const account = unprivileged('postgres')
  const data = `${folder}/data`
  const password = randomBytes(12).toString('base64url')
  const oddPassword = 'p@ss:w/rd %20?#é\'"\\'
  const passwordFile = `${folder}/password`
  writeFileSync(passwordFile, `${password}\n`)
  mkdirSync(data, { mode: 0o700 })
  const own = (path: string, mode: number) => {
    chmodSync(path, mode)
    if (account !== undefined) chownSync(path, account.uid, account.gid)
  }
  own(folder, 0o700)
  own(data, 0o700)
  own(passwordFile, 0o600)
  const env = { LC_ALL: 'C.UTF-8' }
  const login = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`]
  const initial = ['-D', data, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', ...login]
  await run({ program: need('initdb'), args: initial, log, account, env, cwd: data })
  const tls = await certificates()
  const port = await freePort()
  const files = [
    ['server.pem', tls.serverCertificate],
    ['server.key', tls.serverKey],
    ['ca.pem', tls.ca],
  ] as const
  for (const [name, from] of files) {
    copyFileSync(from, `${data}/${name}`)
    own(`${data}/${name}`, 0o600)
  }
  writeFileSync(`${data}/pg_hba.conf`, access)
  writeFileSync(`${data}/postgresql.auto.conf`, settings(port))
  own(`${data}/postgresql.auto.conf`, 0o600)
  const server = launch({ program: need('postgres'), args: ['-D', data], log, account, env, cwd: data })
  owns(server)
  const ready = async () => {
    const args = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', 'postgres', '-q', '-t', '1']
    return await run({ program: need('pg_isready'), args, log, seconds: 5 }).then(
      () => true,
      () => false,
    )
  }
  await until(ready, server, log)
  const psql = async (database: string, input: string) => {
    const where = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database]
    const args = [...where, '-v', 'ON_ERROR_STOP=1', '-q', '-X', '-A', '-t', '-f', '-']
    return await run({ program: need('psql'), args, log, env: { ...env, PGPASSWORD: password }, input })
  }
  const quoted = (text: string) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  await psql(
    'postgres',
    `CREATE ROLE logidata LOGIN CREATEDB PASSWORD ${quoted(password)};
     CREATE ROLE reader LOGIN PASSWORD ${quoted(password)};
     CREATE ROLE tls_user LOGIN PASSWORD ${quoted(password)};
     CREATE ROLE odd_user LOGIN PASSWORD ${quoted(oddPassword)};
     CREATE ROLE certificate_user LOGIN;
     CREATE DATABASE chinook OWNER logidata;`,
  )
  await psql(
    'chinook',
    `ALTER SCHEMA public OWNER TO logidata;
     BEGIN; SET ROLE logidata; ${chinookSql()}; COMMIT;
     GRANT USAGE ON SCHEMA public TO reader, tls_user, odd_user, certificate_user;
     GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader, tls_user, odd_user, certificate_user;
     RESET ROLE; ANALYZE;`,
  )
  const version = (await psql('chinook', 'SHOW server_version')).trim().split(' ')[0] ?? ''
  return {
    version,
    details: {
      host: '127.0.0.1',
      port,
      user: 'logidata',
      password,
      database: 'chinook',
      superuser: 'postgres',
      readOnlyUser: 'reader',
      tlsOnlyUser: 'tls_user',
      certificateUser: 'certificate_user',
      oddUser: 'odd_user',
      oddPassword,
      ca: tls.ca,
      otherCa: tls.otherCa,
      clientCertificate: tls.clientCertificate,
      clientKey: tls.clientKey,
    },
  }
}

export const postgres: Definition = {
  name: 'postgres',
  title: 'PostgreSQL',
  programs: ['initdb', 'postgres', 'psql', 'pg_isready', 'openssl'],
  packages: ['postgresql', 'postgresql-client', 'openssl'],
  start,
  signal: 'SIGINT', // a fast shutdown: it does not wait until the clients have gone
}
