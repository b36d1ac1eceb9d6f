import { z } from 'zod'
import type { ConnectorDescriptor } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'
import { tlsFields } from '../kit/tls.ts'

export const s3Settings = z.strictObject({
  bucket: z
    .string()
    .min(1)
    .max(255)
    .meta(form('Bucket', 'Compartiment (bucket)', { placeholder: 'sales-lake' })),
  region: z
    .string()
    .min(1)
    .default('us-east-1')
    .meta(form('Region', 'Région', { placeholder: 'eu-west-3' })),
  endpoint: z
    .url({ protocol: /^https?$/, error: 'an address such as https://s3.example.com' })
    .optional()
    .meta(
      form('Address', 'Adresse', {
        placeholder: 'https://s3.example.com:9000',
        help: text(
          'Of a store that is not Amazon’s: MinIO, Ceph, R2, … Empty: Amazon S3. http:// sends the data unencrypted.',
          'D’un stockage autre qu’Amazon : MinIO, Ceph, R2… Vide : Amazon S3. http:// envoie les données sans chiffrement.',
        ),
      }),
    ),
  path_style: z
    .boolean()
    .default(false)
    .meta(
      form('Bucket in the path', 'Compartiment dans le chemin', {
        help: text(
          'https://host/bucket instead of https://bucket.host: most stores that are not Amazon’s want it.',
          'https://hôte/bucket au lieu de https://bucket.hôte : la plupart des stockages autres qu’Amazon le demandent.',
        ),
      }),
    ),
  credentials: z
    .enum(['key', 'chain', 'none'])
    .default('key')
    .meta(
      form('Who is asking', 'Identité', {
        control: 'select',
        options: [
          option('key', 'A key, kept in the keychain', 'Une clé, gardée dans le trousseau'),
          option('chain', 'As the AWS tools of this computer', 'Comme les outils AWS de cet ordinateur'),
          option('none', 'Nobody: a public bucket', 'Personne : un compartiment public'),
        ],
      }),
    ),
  access_key_id: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Access key ID', 'Identifiant de la clé', {
        placeholder: 'AKIA…',
        visibleWhen: { field: 'credentials', in: ['key'] },
      }),
    ),
  profile: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Profile', 'Profil', {
        advanced: true,
        visibleWhen: { field: 'credentials', in: ['chain'] },
        help: text('Of ~/.aws. Empty: the default one.', 'De ~/.aws. Vide : celui par défaut.'),
      }),
    ),
  tls_ca: tlsFields.tls_ca.meta(
    form('Certificate of the authority', 'Certificat de l’autorité', {
      control: 'inputPath',
      placeholder: 'certificates/ca.pem',
      advanced: true,
      help: text(
        'A PEM file in the project, for a server whose certificate comes from an authority of your own.',
        'Un fichier PEM du projet, pour un serveur dont le certificat vient de votre propre autorité.',
      ),
    }),
  ),
  timeout_seconds: z
    .int()
    .min(1)
    .max(3600)
    .default(30)
    .meta(
      form('Wait for an answer, in seconds', 'Attente d’une réponse, en secondes', {
        advanced: true,
        help: text('How long nothing may come.', 'Durée maximale de silence.'),
      }),
    ),
})
export type S3Settings = z.output<typeof s3Settings>

export const s3Descriptor: ConnectorDescriptor<typeof s3Settings> = {
  type: 's3',
  title: { en: 'S3', fr: 'S3' },
  summary: {
    en: 'A bucket of Amazon S3, or of a store that speaks its protocol.',
    fr: 'Un compartiment Amazon S3, ou d’un stockage qui en parle le protocole.',
  },
  documentation: {
    en: `Amazon S3, and stores with the same protocol: MinIO, Ceph, Cloudflare R2, Backblaze B2, Scaleway and others. One connection is one bucket.

**Who is asking.** *A key*: the secret key is kept in the keychain of the computer, never in the project. *As the AWS tools of this computer*: what the standard chain finds,
in its order (environment, \`~/.aws\` with its profiles and single sign-on, the role of a machine). Nothing of the chain is used unless this is chosen.

**Rights.** To read: \`s3:ListBucket\` and \`s3:GetObject\`; to write also \`s3:PutObject\`, \`s3:DeleteObject\` and \`s3:AbortMultipartUpload\`.

A rule of the bucket that removes unfinished multipart uploads after some days is a good idea with every program that writes large objects: what a power cut leaves is not listed, and is paid for.`,
    fr: `Amazon S3, et les stockages de même protocole : MinIO, Ceph, Cloudflare R2, Backblaze B2, Scaleway et d’autres. Une connexion désigne un compartiment.

**Identité.** *Une clé* : la clé secrète reste dans le trousseau de l’ordinateur, jamais dans le projet. *Comme les outils AWS de cet ordinateur* : ce que trouve la chaîne standard,
dans son ordre (environnement, \`~/.aws\` avec ses profils et l’authentification unique, le rôle d’une machine). Rien de cette chaîne n’est utilisé sans ce choix.

**Droits.** Pour lire : \`s3:ListBucket\` et \`s3:GetObject\` ; pour écrire, aussi \`s3:PutObject\`, \`s3:DeleteObject\` et \`s3:AbortMultipartUpload\`.

Une règle du compartiment qui supprime après quelques jours les envois en plusieurs parties inachevés est utile avec tout programme qui écrit de grands objets : ce que laisse une coupure de courant n’est pas listé, et se paie.`,
  },
  icon: 'bucket',
  keywords: ['s3', 'aws', 'amazon', 'minio', 'ceph', 'r2', 'bucket', 'lake', 'object store', 'stockage objet'],
  settings: s3Settings,
  secrets: [
    {
      name: 'secret_access_key',
      title: { en: 'Secret access key', fr: 'Clé d’accès secrète' },
      visibleWhen: { field: 'credentials', in: ['key'] },
    },
    {
      name: 'session_token',
      title: { en: 'Session token', fr: 'Jeton de session' },
      help: { en: 'Of temporary keys only.', fr: 'Seulement pour des clés temporaires.' },
      visibleWhen: { field: 'credentials', in: ['key'] },
    },
  ],
  defaultSettings: { region: 'us-east-1', credentials: 'key' },
  audience: ['endpoint', 'region', 'bucket', 'access_key_id', 'credentials'],
}
