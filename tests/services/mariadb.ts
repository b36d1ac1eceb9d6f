// MariaDB, with TLS by the certificates of the test authority, and accounts for what tests must see refused.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Definition, Surroundings } from './definition.ts'
import { answers, freePort, launch, run, until } from './processes.ts'
import { need, unprivileged } from './programs.ts'
import { root } from './state.ts'

const settings = (folder: string, port: number, tls: { ca: string; serverCertificate: string; serverKey: string }) => `
[mariadbd]
datadir = ${folder}/data
tmpdir = ${folder}/tmp
socket = ${folder}/s
pid-file = ${folder}/pid
bind-address = 127.0.0.1
port = ${port}
skip-name-resolve
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci
default-time-zone = +00:00
local-infile = 1
max-connections = 200
max-allowed-packet = 64M
innodb-flush-log-at-trx-commit = 0
innodb-flush-method = nosync
innodb-doublewrite = 0
innodb-buffer-pool-size = 128M
innodb-log-file-size = 256M
ssl-ca = ${tls.ca}
ssl-cert = ${tls.serverCertificate}
ssl-key = ${tls.serverKey}
`

/** The script without what makes and chooses the database; one transaction, which is a second faster. */
function chinookSql(): string {
  const text = readFileSync(`${root}tests/fixtures/chinook/Chinook_MySql.sql`, 'utf8')
  return text.replace(/^(DROP DATABASE|CREATE DATABASE|USE) .*$/gm, '')
}

async function start({ folder, log, certificates, owns }: Surroundings) {
  const tls = await certificates()
  const port = await freePort()
  const password = randomBytes(12).toString('base64url')
  const oddPassword = 'p@ss:w/rd %20?#é\'"\\'
  const file = `${folder}/my.cnf`
  mkdirSync(`${folder}/tmp`)
  writeFileSync(file, settings(folder, port, tls))
  // As root it runs as root, on files that only root can reach.
  const as = unprivileged() === undefined ? [] : ['--user=root']
  const initial = [`--defaults-file=${file}`, ...as, '--auth-root-authentication-method=normal', '--skip-test-db']
  await run({ program: need('mariadb-install-db'), args: initial, log, cwd: folder })
  const server = launch({ program: need('mariadbd'), args: [`--defaults-file=${file}`, ...as], log, cwd: folder })
  owns(server)
  await until(async () => await answers(port), server, log)
  const client = async (input: string) => {
    const args = ['--no-defaults', `--socket=${folder}/s`, '--user=root', '--default-character-set=utf8mb4', '-N', '-B']
    return await run({ program: need('mariadb'), args, log, input })
  }
  const by = (text: string) => `IDENTIFIED BY '${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const users = ['reader', 'tls_user', 'odd_user', 'certificate_user']
  const version = await client(
    `CREATE DATABASE chinook; USE chinook; SET autocommit = 0; ${chinookSql()}; COMMIT;
     CREATE USER logidata@'127.0.0.1' ${by(password)};
     CREATE USER reader@'127.0.0.1' ${by(password)};
     CREATE USER tls_user@'127.0.0.1' ${by(password)} REQUIRE SSL;
     CREATE USER odd_user@'127.0.0.1' ${by(oddPassword)};
     CREATE USER certificate_user@'127.0.0.1' ${by(password)} REQUIRE SUBJECT '/CN=certificate_user';
     GRANT ALL ON *.* TO logidata@'127.0.0.1';
     ${users.map((user) => `GRANT SELECT ON chinook.* TO ${user}@'127.0.0.1';`).join('\n')}
     ALTER USER root@localhost ${by(password)};
     SELECT VERSION();`,
  )
  return {
    version: version.trim().split('\n').at(-1)?.split('-')[0] ?? '',
    details: {
      host: '127.0.0.1',
      port,
      user: 'logidata',
      password,
      database: 'chinook',
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

export const mariadb: Definition = {
  name: 'mariadb',
  title: 'MariaDB',
  programs: ['mariadb-install-db', 'mariadbd', 'mariadb', 'openssl'],
  packages: ['mariadb-server', 'mariadb-client', 'openssl'],
  start,
}
