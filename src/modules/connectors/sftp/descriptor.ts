import { z } from 'zod'
import type { ConnectorDescriptor } from '../../kit/connector.ts'
import { form, showWhen, text } from '../../kit/form.ts'
import { sshAuthField, sshHostKeysField, sshKeyFileField, sshKnownHostsField } from '../kit/ssh-fields.ts'

export const sftpSettings = z.strictObject({
  host: z
    .string()
    .min(1)
    .regex(/^[^\s/]+$/, 'a name or an address, without blanks and slashes')
    .meta(form('Host', 'Hôte', { placeholder: 'files.example.com' })),
  port: z.int().min(1).max(65_535).default(22).meta(form('Port', 'Port')),
  user: z.string().min(1).meta(form('User', 'Utilisateur')),
  auth: sshAuthField,
  host_keys: sshHostKeysField,
  folder: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Folder', 'Dossier', {
        placeholder: '/data/exports',
        help: text(
          'Paths of steps start here. Empty: the folder in which the server puts us.',
          'Les chemins des étapes partent d’ici. Vide : le dossier où le serveur nous place.',
        ),
      }),
    ),
  key_file: showWhen(sshKeyFileField, 'auth', ['key']),
  known_hosts: sshKnownHostsField,
  connect_timeout_seconds: z
    .int()
    .min(1)
    .max(600)
    .default(15)
    .meta(form('Wait for an answer, in seconds', 'Attente d’une réponse, en secondes', { advanced: true })),
})
export type SftpSettings = z.output<typeof sftpSettings>

export const sftpDescriptor: ConnectorDescriptor<typeof sftpSettings> = {
  type: 'sftp',
  title: { en: 'SFTP', fr: 'SFTP' },
  summary: { en: 'Files on a server, over SSH.', fr: 'Des fichiers sur un serveur, par SSH.' },
  documentation: {
    en: `Comes in with a private key (as \`ssh-keygen\` makes them, with a passphrase or without) or with a password; both are kept in the keychain of the computer, never in the project.

**Known hosts.** The key of the server is compared, always. Of a server that is not known the test shows the fingerprint: compare it with what the person who runs the server tells you, then enter it.
A server that shows another key than the known one gets nothing; there is no way around it but to enter the new fingerprint.

**What it needs.** To read: the right to list the folders and to read the files. To write: also to make, rename and remove files in the folder of the target.

FTP without SSH is not spoken: it sends passwords in the clear.`,
    fr: `Entre avec une clé privée (telle que \`ssh-keygen\` les crée, avec ou sans phrase de passe) ou avec un mot de passe ; tous deux restent dans le trousseau de l’ordinateur, jamais dans le projet.

**Hôtes connus.** La clé du serveur est comparée, toujours. D’un serveur inconnu, le test montre l’empreinte : comparez-la à ce que vous dit qui gère le serveur, puis saisissez-la.
Un serveur qui montre une autre clé que la clé connue n’obtient rien ; il faut saisir la nouvelle empreinte, il n’y a pas d’autre chemin.

**Ce qu’il faut.** Pour lire : le droit de lister les dossiers et de lire les fichiers. Pour écrire : aussi de créer, renommer et supprimer des fichiers dans le dossier de la cible.

FTP sans SSH n’est pas pris en charge : il envoie les mots de passe en clair.`,
  },
  icon: 'file',
  keywords: ['sftp', 'ssh', 'ftp', 'scp', 'files', 'server', 'fichiers', 'serveur', 'openssh'],
  settings: sftpSettings,
  secrets: [
    {
      name: 'private_key',
      title: text('Private key', 'Clé privée'),
      help: text('The text of the file that ssh-keygen made.', 'Le texte du fichier que ssh-keygen a créé.'),
      multiline: true,
      visibleWhen: { field: 'auth', in: ['key'] },
    },
    {
      name: 'passphrase',
      title: text('Passphrase of the key', 'Phrase de passe de la clé'),
      visibleWhen: { field: 'auth', in: ['key'] },
    },
    { name: 'password', title: text('Password', 'Mot de passe'), visibleWhen: { field: 'auth', in: ['password'] } },
  ],
  defaultSettings: { port: 22, auth: 'key' },
  audience: ['host', 'port', 'user', 'host_keys', 'known_hosts'],
}
