import { z } from 'zod'
import type { ConnectorDescriptor } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'
import { tlsAudience, tlsFields, tlsSecrets } from '../kit/tls.ts'
import { checkTunnel, tunnelAudience, tunnelFields, tunnelSecrets } from '../kit/tunnel-settings.ts'

export const mongodbSettings = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .regex(/^[^\s/,@?]+$/, 'one name or address, without blanks, commas and slashes; no URL')
      .meta(form('Host', 'Hôte', { placeholder: 'db.example.com' })),
    port: z.int().min(1).max(65_535).default(27_017).meta(form('Port', 'Port')),
    more_hosts: z
      .array(z.string().regex(/^(?:\[[0-9a-fA-F:]+\]|[^\s/,@?:]+)(?::\d{1,5})?$/, 'a host, or host:port'))
      .optional()
      .meta(
        form('Other members of the replica set', 'Autres membres du jeu de réplicas', {
          control: 'list',
          item: 'text',
          advanced: true,
          placeholder: 'db2.example.com:27017',
          help: text(
            'Asked where the first does not answer. The set tells its members by itself.',
            'Interrogés si le premier ne répond pas. Le jeu annonce lui-même ses membres.',
          ),
        }),
      ),
    srv: z
      .boolean()
      .default(false)
      .meta(
        form('The host names a cluster (mongodb+srv)', 'L’hôte désigne une grappe (mongodb+srv)', {
          advanced: true,
          help: text(
            'Its servers are looked up in DNS, as for MongoDB Atlas; the port does not count.',
            'Ses serveurs sont cherchés dans le DNS, comme pour MongoDB Atlas ; le port ne compte pas.',
          ),
        }),
      ),
    database: z
      .string()
      .min(1)
      .max(63)
      .regex(/^[^/\\. "$*<>:|?\0]+$/, 'a name without blanks and without / \\ . " $ * < > : | ?')
      .meta(form('Database', 'Base de données', { placeholder: 'shop' })),
    user: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('User', 'Utilisateur', {
          help: text('Empty: a server that lets everybody in.', 'Vide : un serveur ouvert à tous.'),
        }),
      ),
    auth_source: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Database that knows the user', 'Base qui connaît l’utilisateur', {
          advanced: true,
          placeholder: 'admin',
          help: text('Empty: admin.', 'Vide : admin.'),
        }),
      ),
    auth_mechanism: z
      .enum(['password', 'scram_sha_256', 'scram_sha_1', 'x509', 'plain'])
      .default('password')
      .meta(
        form('Way of logging in', 'Mode de connexion', {
          advanced: true,
          options: [
            option('password', 'Password, as the server likes best', 'Mot de passe, au choix du serveur'),
            option('scram_sha_256', 'Password, SCRAM-SHA-256', 'Mot de passe, SCRAM-SHA-256'),
            option('scram_sha_1', 'Password, SCRAM-SHA-1', 'Mot de passe, SCRAM-SHA-1'),
            option('x509', 'Client certificate', 'Certificat client'),
            option('plain', 'LDAP (PLAIN); over TLS only', 'LDAP (PLAIN) ; par TLS seulement'),
          ],
        }),
      ),
    replica_set: z
      .string()
      .min(1)
      .optional()
      .meta(form('Replica set', 'Jeu de réplicas', { advanced: true, placeholder: 'rs0' })),
    direct: z
      .boolean()
      .default(false)
      .meta(
        form('Only this server', 'Ce serveur seulement', {
          advanced: true,
          help: text(
            'The other members of its replica set are left alone. A tunnel always leads to one server only.',
            'Les autres membres de son jeu de réplicas sont ignorés. Un tunnel ne mène jamais qu’à un seul serveur.',
          ),
        }),
      ),
    ...tlsFields,
    ...tunnelFields,
    read_preference: z
      .enum(['primary', 'primaryPreferred', 'secondary', 'secondaryPreferred', 'nearest'])
      .default('primary')
      .meta(
        form('Read from', 'Lire depuis', {
          advanced: true,
          options: [
            option('primary', 'The primary', 'Le primaire'),
            option('primaryPreferred', 'The primary, else a secondary', 'Le primaire, sinon un secondaire'),
            option('secondary', 'A secondary', 'Un secondaire'),
            option('secondaryPreferred', 'A secondary, else the primary', 'Un secondaire, sinon le primaire'),
            option('nearest', 'The nearest', 'Le plus proche'),
          ],
        }),
      ),
    read_concern: z
      .enum(['local', 'available', 'majority', 'linearizable'])
      .optional()
      .meta(
        form('Only what is certain to stay (read concern)', 'Seulement ce qui restera (read concern)', {
          advanced: true,
          help: text('Empty: as the server has it.', 'Vide : comme le serveur le veut.'),
          options: [
            option('local', 'local', 'local'),
            option('available', 'available', 'available'),
            option('majority', 'majority', 'majority'),
            option('linearizable', 'linearizable', 'linearizable'),
          ],
        }),
      ),
    compression: z
      .enum(['none', 'zlib'])
      .default('none')
      .meta(
        form('Compression', 'Compression', {
          advanced: true,
          help: text('For slow networks.', 'Pour les réseaux lents.'),
          options: [option('none', 'None', 'Aucune'), option('zlib', 'zlib', 'zlib')],
        }),
      ),
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
  })
  .refine(({ auth_mechanism, tls }) => auth_mechanism !== 'plain' || tls !== 'off', {
    error: 'sends the password as it is: switch TLS on',
    path: ['auth_mechanism'],
  })
  .refine(({ auth_mechanism, tls }) => auth_mechanism !== 'x509' || tls !== 'off', {
    error: 'needs TLS and a client certificate',
    path: ['auth_mechanism'],
  })
  .refine(({ srv, direct, more_hosts = [] }) => !srv || (!direct && more_hosts.length === 0), {
    error: 'a cluster’s servers come from DNS: leave out other hosts and “only this server”',
    path: ['srv'],
  })
  .refine(({ direct, more_hosts = [] }) => !direct || more_hosts.length === 0, {
    error: 'only this server, or several: one of the two',
    path: ['direct'],
  })
  .refine(({ tunnel, srv, more_hosts = [] }) => tunnel === 'off' || (!srv && more_hosts.length === 0), {
    error: 'leads to one server: name that one as the host, without others',
    path: ['tunnel'],
  })
  .check(checkTunnel)
export type MongodbSettings = z.output<typeof mongodbSettings>

export const mongodbDescriptor: ConnectorDescriptor<typeof mongodbSettings> = {
  type: 'mongodb',
  title: { en: 'MongoDB', fr: 'MongoDB' },
  summary: {
    en: 'A MongoDB server, replica set or cluster, or one that speaks its protocol.',
    fr: 'Un serveur, un jeu de réplicas ou une grappe MongoDB, ou un système qui en parle le protocole.',
  },
  documentation: {
    en: `MongoDB 4.2 and later, Atlas, and what speaks the same protocol (FerretDB, DocumentDB, Cosmos DB), as far as that goes. The password is kept in the keychain of the computer, never in the project, and never in a URL.

**One server or several.** A single host is asked for its replica set, whose members are then used under the names that the set gives them. *Only this server* keeps to the host.
*The host names a cluster* is what a \`mongodb+srv://\` address is: the name alone goes into Host.

**Encryption.** *Encrypted, server verified* is the one to use over a network; each server has to show a certificate for its own name. A server with a certificate of your own authority needs
that authority's certificate as a file of the project. *Off* is for a server on this computer.

**SSH tunnel.** For a server that only another one can reach: name that other one and the fingerprint of its key (a test shows it). Host and port of the database are then as that server sees them; of a replica
set, name its primary. A name in the certificate is still the database's.

**What it needs.** To read: \`find\`, \`listCollections\` (the role \`read\`). To write: the role \`readWrite\`, which also lets collections be renamed within the database.`,
    fr: `MongoDB 4.2 et suivants, Atlas, et ce qui en parle le protocole (FerretDB, DocumentDB, Cosmos DB), autant qu’ils le parlent. Le mot de passe reste dans le trousseau de l’ordinateur, jamais dans le projet ni dans une URL.

**Un serveur ou plusieurs.** Un hôte seul est interrogé sur son jeu de réplicas, dont les membres servent ensuite sous les noms que le jeu leur donne. *Ce serveur seulement* s’en tient à l’hôte.
*L’hôte désigne une grappe* correspond à une adresse \`mongodb+srv://\` : seul le nom va dans Hôte.

**Chiffrement.** *Chiffré, serveur vérifié* est ce qu’il faut sur un réseau ; chaque serveur doit montrer un certificat à son propre nom. Un serveur dont le certificat vient de votre propre
autorité demande le certificat de celle-ci, comme fichier du projet. *Désactivé* convient à un serveur sur cet ordinateur.

**Tunnel SSH.** Pour un serveur que seul un autre peut joindre : nommez cet autre et l’empreinte de sa clé (un test la montre). L’hôte et le port de la base sont alors ceux que voit ce serveur ; d’un jeu de
réplicas, nommez le primaire. Le nom dans le certificat reste celui de la base.

**Ce qu’il faut.** Pour lire : \`find\`, \`listCollections\` (le rôle \`read\`). Pour écrire : le rôle \`readWrite\`, qui permet aussi de renommer des collections dans la base.`,
  },
  icon: 'database',
  keywords: ['mongodb', 'mongo', 'nosql', 'documents', 'atlas', 'ferretdb', 'documentdb', 'cosmos', 'base de données'],
  settings: mongodbSettings,
  secrets: [{ name: 'password', title: { en: 'Password', fr: 'Mot de passe' } }, ...tlsSecrets, ...tunnelSecrets],
  defaultSettings: { port: 27_017, tls: 'verified' },
  audience: [
    ...['host', 'port', 'more_hosts', 'srv', 'user', 'auth_source', 'auth_mechanism'],
    ...tlsAudience,
    ...tunnelAudience,
  ],
}
