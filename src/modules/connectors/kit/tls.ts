import { z } from 'zod'
import type { SecretField } from '../../../shared/connections/connection.ts'
import { form, option, text } from '../../kit/form.ts'

const ON = ['required', 'verified']

/**
 * The settings of TLS, to be spread into a connector's settings.
 * @example z.strictObject({ host: …, ...tlsFields })
 */
export const tlsFields = {
  tls: z
    .enum(['verified', 'required', 'off'])
    .default('verified')
    .meta(
      form('Encryption (TLS)', 'Chiffrement (TLS)', {
        help: text(
          'Verified: nobody on the way can read or change anything, and the server has shown who it is. Encrypted only: whoever merely listens reads nothing, but somebody who pretends to be the server gets the password and the data. Off: everybody on the way can read the data, and often the password; only for a server on this computer.',
          'Vérifié : personne en chemin ne peut rien lire ni modifier, et le serveur a prouvé son identité. Chiffré seulement : qui se contente d’écouter ne lit rien, mais qui se fait passer pour le serveur obtient le mot de passe et les données. Désactivé : tout le monde en chemin peut lire les données, et souvent le mot de passe ; seulement pour un serveur sur cet ordinateur.',
        ),
        options: [
          option('verified', 'Encrypted, server verified', 'Chiffré, serveur vérifié'),
          option('required', 'Encrypted, server not verified', 'Chiffré, serveur non vérifié'),
          option('off', 'Off', 'Désactivé'),
        ],
      }),
    ),
  tls_ca: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Certificate of the authority', 'Certificat de l’autorité', {
        control: 'inputPath',
        help: text(
          'A PEM file in the project, for a server whose certificate comes from an authority of your own. Only this authority is trusted then. Empty: the public authorities.',
          'Un fichier PEM du projet, pour un serveur dont le certificat vient de votre propre autorité. Seule cette autorité est alors acceptée. Vide : les autorités publiques.',
        ),
        placeholder: 'certificates/ca.pem',
        visibleWhen: { field: 'tls', in: ['verified'] },
        advanced: true,
      }),
    ),
  tls_server_name: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Name in the certificate', 'Nom dans le certificat', {
        help: text(
          'Where the server’s certificate is for another name than the host above, as behind a tunnel.',
          'Si le certificat du serveur porte un autre nom que l’hôte ci-dessus, comme derrière un tunnel.',
        ),
        visibleWhen: { field: 'tls', in: ['verified'] },
        advanced: true,
      }),
    ),
  tls_certificate: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Client certificate', 'Certificat client', {
        control: 'inputPath',
        help: text(
          'A PEM file in the project, for a server that knows its clients by certificate. Its key is a secret, below.',
          'Un fichier PEM du projet, pour un serveur qui reconnaît ses clients à leur certificat. Sa clé est un secret, plus bas.',
        ),
        visibleWhen: { field: 'tls', in: ON },
        advanced: true,
      }),
    ),
}

/** The secrets that go with `tlsFields`. */
export const tlsSecrets: readonly SecretField[] = [
  {
    name: 'tls_key',
    title: text('Key of the client certificate', 'Clé du certificat client'),
    help: text('The text of the PEM file.', 'Le texte du fichier PEM.'),
    multiline: true,
    visibleWhen: { field: 'tls', in: ON },
    visibleWith: 'tls_certificate',
  },
  {
    name: 'tls_key_passphrase',
    title: text('Passphrase of that key', 'Phrase de passe de cette clé'),
    visibleWhen: { field: 'tls', in: ON },
    visibleWith: 'tls_certificate',
  },
]

/** Settings that decide who may get the secrets, next to host and port: without encryption it is everybody on the way. */
export const tlsAudience: readonly string[] = ['tls', 'tls_server_name']

export interface TlsSettings {
  readonly tls: 'off' | 'required' | 'verified'
  readonly tls_ca?: string | undefined
  readonly tls_server_name?: string | undefined
  readonly tls_certificate?: string | undefined
}
