import { z } from 'zod'
import { form, option, text } from '../../kit/form.ts'

// What connections by SSH have in common, be they of files or of a tunnel.

export const sshAuthField = z
  .enum(['key', 'password'])
  .default('key')
  .meta(
    form('Comes in with', 'Entre avec', {
      options: [option('key', 'A private key', 'Une clé privée'), option('password', 'A password', 'Un mot de passe')],
    }),
  )

export const sshKeyFileField = z
  .string()
  .min(1)
  .optional()
  .meta(
    form('File of the private key', 'Fichier de la clé privée', {
      control: 'inputPath',
      advanced: true,
      help: text(
        'In the project’s folder; keep it out of git. Empty: the key is among the secrets, in the keychain.',
        'Dans le dossier du projet ; à tenir hors de git. Vide : la clé est parmi les secrets, dans le trousseau.',
      ),
    }),
  )

export const sshHostKeysField = z
  .array(z.string().min(1))
  .default([])
  .meta(
    form('Fingerprint of the SSH server', 'Empreinte du serveur SSH', {
      control: 'list',
      item: 'text',
      placeholder: 'SHA256:…',
      help: text(
        'By it the server is told from one that pretends to be it. Get it from who runs the server; a test shows the one that the server has. Several while a key is replaced. The key itself (ssh-ed25519 AAAA…) will do too.',
        'Elle distingue le serveur de qui se fait passer pour lui. Demandez-la à qui gère le serveur ; un test montre celle que le serveur a. Plusieurs pendant le remplacement d’une clé. La clé elle-même (ssh-ed25519 AAAA…) convient aussi.',
      ),
    }),
  )

export const sshKnownHostsField = z
  .string()
  .min(1)
  .optional()
  .meta(
    form('File of known hosts', 'Fichier des hôtes connus', {
      control: 'inputPath',
      placeholder: 'known_hosts',
      advanced: true,
      help: text(
        'A file of the project as OpenSSH keeps it, instead of fingerprints or beside them.',
        'Un fichier du projet tel qu’OpenSSH le tient, au lieu des empreintes ou à côté.',
      ),
    }),
  )
