import { z } from 'zod'
import type { ConnectorDescriptor } from '../../kit/connector.ts'
import { form, text } from '../../kit/form.ts'
import { tlsAudience, tlsFields, tlsSecrets } from '../kit/tls.ts'
import { checkTunnel, tunnelAudience, tunnelFields, tunnelSecrets } from '../kit/tunnel-settings.ts'

export const postgresSettings = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .regex(/^[^\s/]+$/, 'a name or an address, without blanks and slashes')
      .meta(form('Host', 'Hôte', { placeholder: 'db.example.com' })),
    port: z.int().min(1).max(65_535).default(5432).meta(form('Port', 'Port')),
    database: z
      .string()
      .min(1)
      .meta(form('Database', 'Base de données', { placeholder: 'sales' })),
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
    statement_timeout_seconds: z
      .int()
      .min(1)
      .max(604_800)
      .optional()
      .meta(
        form('Longest time of a query, in seconds', 'Durée maximale d’une requête, en secondes', {
          advanced: true,
          help: text('Empty: as the server has it.', 'Vide : comme le serveur le veut.'),
        }),
      ),
    lock_timeout_seconds: z
      .int()
      .min(1)
      .max(604_800)
      .optional()
      .meta(
        form('Longest wait for a lock, in seconds', 'Attente maximale d’un verrou, en secondes', {
          advanced: true,
          help: text('Empty: as the server has it.', 'Vide : comme le serveur le veut.'),
        }),
      ),
    application_name: z
      .string()
      .min(1)
      .max(63)
      .regex(/^[\x20-\x7e]+$/, 'letters without accents, digits and signs')
      .default('LogiData Studio')
      .meta(
        form('Name of this program', 'Nom de ce programme', {
          advanced: true,
          help: text(
            'As the server’s list of connections shows it.',
            'Tel que le serveur l’affiche parmi ses connexions.',
          ),
        }),
      ),
    role: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Work as the role', 'Travailler avec le rôle', {
          advanced: true,
          help: text('SET ROLE after the login.', 'SET ROLE après la connexion.'),
        }),
      ),
    search_path: z
      .array(z.string().min(1))
      .default([])
      .meta(
        form('Look for tables in the schemas', 'Chercher les tables dans les schémas', {
          control: 'list',
          item: 'text',
          advanced: true,
          help: text(
            'For names without a schema, in this order. Empty: as the server has it.',
            'Pour les noms sans schéma, dans cet ordre. Vide : comme le serveur le veut.',
          ),
        }),
      ),
  })
  .check(checkTunnel)
export type PostgresSettings = z.output<typeof postgresSettings>

export const postgresDescriptor: ConnectorDescriptor<typeof postgresSettings> = {
  type: 'postgres',
  title: { en: 'PostgreSQL', fr: 'PostgreSQL' },
  summary: {
    en: 'A PostgreSQL database, or one that speaks its protocol.',
    fr: 'Une base de données PostgreSQL, ou une base qui en parle le protocole.',
  },
  documentation: {
    en: `Versions 12 and later. The password is kept in the keychain of the computer, never in the project.

**Encryption.** *Encrypted, server verified* is the one to use over a network. A server with a certificate of your own authority needs that authority's certificate as a file of the project.
*Encrypted, server not verified* protects against people who listen, not against one who pretends to be the server. *Off* is for a server on this computer.
A server that wants a client certificate gets the file named here and the key that is among the secrets.

**SSH tunnel.** For a database that only another server can reach: name that server and the fingerprint of its key (a test shows it). Host and port of the database are then as that server sees them; a name in the certificate is still the database's.

**What it needs.** To read: \`CONNECT\` on the database, \`USAGE\` on the schemas and \`SELECT\` on the tables. Reading happens in transactions that cannot write.

Behind PgBouncer use its session mode.`,
    fr: `Versions 12 et suivantes. Le mot de passe reste dans le trousseau de l’ordinateur, jamais dans le projet.

**Chiffrement.** *Chiffré, serveur vérifié* est ce qu’il faut sur un réseau. Un serveur dont le certificat vient de votre propre autorité demande le certificat de celle-ci, comme fichier du projet.
*Chiffré, serveur non vérifié* protège de qui écoute, non de qui se fait passer pour le serveur. *Désactivé* convient à un serveur sur cet ordinateur.
Un serveur qui veut un certificat client reçoit le fichier nommé ici et la clé qui est parmi les secrets.

**Tunnel SSH.** Pour une base que seul un autre serveur peut joindre : nommez ce serveur et l’empreinte de sa clé (un test la montre). L’hôte et le port de la base sont alors ceux que voit ce serveur ; le nom dans le certificat reste celui de la base.

**Ce qu’il faut.** Pour lire : \`CONNECT\` sur la base, \`USAGE\` sur les schémas et \`SELECT\` sur les tables. La lecture se fait dans des transactions qui ne peuvent pas écrire.

Derrière PgBouncer, utilisez son mode session.`,
  },
  icon: 'database',
  keywords: [
    'postgres',
    'postgresql',
    'pg',
    'sql',
    'database',
    'base de données',
    'redshift',
    'timescale',
    'cockroach',
  ],
  settings: postgresSettings,
  secrets: [{ name: 'password', title: { en: 'Password', fr: 'Mot de passe' } }, ...tlsSecrets, ...tunnelSecrets],
  defaultSettings: { port: 5432, tls: 'verified' },
  audience: ['host', 'port', 'user', ...tlsAudience, ...tunnelAudience],
}
