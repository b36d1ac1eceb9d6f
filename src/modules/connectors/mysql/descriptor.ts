import { z } from 'zod'
import type { ConnectorDescriptor } from '../../kit/connector.ts'
import { form, text } from '../../kit/form.ts'
import { tlsAudience, tlsFields, tlsSecrets } from '../kit/tls.ts'
import { checkTunnel, tunnelAudience, tunnelFields, tunnelSecrets } from '../kit/tunnel-settings.ts'

const seconds = z.int().min(1).max(604_800)

export const mysqlSettings = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .regex(/^[^\s/]+$/, 'a name or an address, without blanks and slashes')
      .meta(form('Host', 'Hôte', { placeholder: 'db.example.com' })),
    port: z.int().min(1).max(65_535).default(3306).meta(form('Port', 'Port')),
    database: z
      .string()
      .min(1)
      .meta(form('Database', 'Base de données', { placeholder: 'shop' })),
    user: z.string().min(1).meta(form('User', 'Utilisateur')),
    ...tlsFields,
    ...tunnelFields,
    connect_timeout_seconds: z
      .int()
      .min(1)
      .max(600)
      .default(15)
      .meta(
        form('Wait for an answer, in seconds', 'Attente d’une réponse, en secondes', {
          advanced: true,
          help: text(
            'How long a server may take until it has let us in.',
            'Le temps laissé au serveur pour nous laisser entrer.',
          ),
        }),
      ),
    statement_timeout_seconds: seconds.optional().meta(
      form('Longest time of a query, in seconds', 'Durée maximale d’une requête, en secondes', {
        advanced: true,
        help: text(
          'Empty: as the server has it. MySQL applies it to queries that read only.',
          'Vide : comme le serveur le veut. MySQL ne l’applique qu’aux lectures.',
        ),
      }),
    ),
    lock_timeout_seconds: seconds.optional().meta(
      form('Longest wait for a lock, in seconds', 'Attente maximale d’un verrou, en secondes', {
        advanced: true,
        help: text('Empty: as the server has it.', 'Vide : comme le serveur le veut.'),
      }),
    ),
  })
  .check(checkTunnel)
export type MysqlSettings = z.output<typeof mysqlSettings>

export const mysqlDescriptor: ConnectorDescriptor<typeof mysqlSettings> = {
  type: 'mysql',
  title: { en: 'MySQL and MariaDB', fr: 'MySQL et MariaDB' },
  summary: {
    en: 'A MySQL or MariaDB database, or one that speaks their protocol.',
    fr: 'Une base MySQL ou MariaDB, ou une base qui en parle le protocole.',
  },
  documentation: {
    en: `MySQL 5.7 and later, MariaDB 10.3 and later. The password is kept in the keychain of the computer, never in the project.

**Encryption.** *Encrypted, server verified* is the one to use over a network. A server with a certificate of your own authority needs that authority's certificate as a file of the project.
*Encrypted, server not verified* protects against people who listen, not against one who pretends to be the server. *Off* is for a server on this computer.
A server that wants a client certificate gets the file named here and the key that is among the secrets. A password is never sent in clear text.

**SSH tunnel.** For a database that only another server can reach: name that server and the fingerprint of its key (a test shows it). Host and port of the database are then as that server sees them; a name in the certificate is still the database's.

**What it needs.** To read: \`SELECT\` on the tables. Reading happens in transactions that cannot write.

**Every session** works in UTC, in utf8mb4, and in strict mode with \`"\` for text: what a query says does not depend on how the server is set up.
A server that asks for a file of this computer (\`LOCAL INFILE\`) gets nothing.`,
    fr: `MySQL 5.7 et suivants, MariaDB 10.3 et suivants. Le mot de passe reste dans le trousseau de l’ordinateur, jamais dans le projet.

**Chiffrement.** *Chiffré, serveur vérifié* est ce qu’il faut sur un réseau. Un serveur dont le certificat vient de votre propre autorité demande le certificat de celle-ci, comme fichier du projet.
*Chiffré, serveur non vérifié* protège de qui écoute, non de qui se fait passer pour le serveur. *Désactivé* convient à un serveur sur cet ordinateur.
Un serveur qui veut un certificat client reçoit le fichier nommé ici et la clé qui est parmi les secrets. Un mot de passe n’est jamais envoyé en clair.

**Tunnel SSH.** Pour une base que seul un autre serveur peut joindre : nommez ce serveur et l’empreinte de sa clé (un test la montre). L’hôte et le port de la base sont alors ceux que voit ce serveur ; le nom dans le certificat reste celui de la base.

**Ce qu’il faut.** Pour lire : \`SELECT\` sur les tables. La lecture se fait dans des transactions qui ne peuvent pas écrire.

**Chaque session** travaille en UTC, en utf8mb4 et en mode strict, \`"\` entourant du texte : ce que dit une requête ne dépend pas des réglages du serveur.
Un serveur qui demande un fichier de cet ordinateur (\`LOCAL INFILE\`) n’obtient rien.`,
  },
  icon: 'database',
  keywords: ['mysql', 'mariadb', 'sql', 'database', 'base de données', 'percona', 'aurora', 'tidb'],
  settings: mysqlSettings,
  secrets: [{ name: 'password', title: { en: 'Password', fr: 'Mot de passe' } }, ...tlsSecrets, ...tunnelSecrets],
  defaultSettings: { port: 3306, tls: 'verified' },
  audience: ['host', 'port', 'user', ...tlsAudience, ...tunnelAudience],
}
