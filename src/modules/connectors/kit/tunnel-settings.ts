import { z } from 'zod'
import type { SecretField } from '../../../shared/connections/connection.ts'
import { form, option, showWhen, text } from '../../kit/form.ts'
import { sshAuthField, sshHostKeysField, sshKeyFileField, sshKnownHostsField } from './ssh-fields.ts'

const ON = ['ssh']

/**
 * The settings of an SSH tunnel, to be spread into a connector's settings; `checkTunnel` refuses half of one.
 * @example z.strictObject({ host: …, ...tunnelFields }).check(checkTunnel)
 */
export const tunnelFields = {
  tunnel: z
    .enum(['off', 'ssh'])
    .default('off')
    .meta(
      form('Way to the server', 'Chemin vers le serveur', {
        help: text(
          'Through an SSH server where the database cannot be reached from here. Host and port above are then as that server sees them.',
          'Par un serveur SSH si la base n’est pas joignable d’ici. L’hôte et le port ci-dessus sont alors ceux que voit ce serveur.',
        ),
        options: [option('off', 'Straight', 'Direct'), option('ssh', 'SSH tunnel', 'Tunnel SSH')],
        advanced: true,
      }),
    ),
  tunnel_host: z
    .string()
    .min(1)
    .regex(/^[^\s/]+$/, 'a name or an address, without blanks and slashes')
    .optional()
    .meta(
      form('SSH server', 'Serveur SSH', {
        placeholder: 'bastion.example.com',
        visibleWhen: { field: 'tunnel', in: ON },
        advanced: true,
      }),
    ),
  tunnel_port: z
    .int()
    .min(1)
    .max(65_535)
    .default(22)
    .meta(
      form('Port of the SSH server', 'Port du serveur SSH', {
        visibleWhen: { field: 'tunnel', in: ON },
        advanced: true,
      }),
    ),
  tunnel_user: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('User of the SSH server', 'Utilisateur du serveur SSH', {
        visibleWhen: { field: 'tunnel', in: ON },
        advanced: true,
      }),
    ),
  tunnel_auth: showWhen(sshAuthField, 'tunnel', ON, { advanced: true }),
  tunnel_key_file: showWhen(sshKeyFileField, 'tunnel', ON),
  tunnel_host_keys: showWhen(sshHostKeysField, 'tunnel', ON, { advanced: true }),
  tunnel_known_hosts: showWhen(sshKnownHostsField, 'tunnel', ON),
}

export interface TunnelSettings {
  readonly tunnel: 'off' | 'ssh'
  readonly tunnel_host?: string | undefined
  readonly tunnel_port: number
  readonly tunnel_user?: string | undefined
  readonly tunnel_auth: 'key' | 'password'
  readonly tunnel_key_file?: string | undefined
  readonly tunnel_host_keys: readonly string[]
  readonly tunnel_known_hosts?: string | undefined
}

/** A tunnel has a server and a user. */
export function checkTunnel(context: z.core.ParsePayload<TunnelSettings>): void {
  const settings = context.value
  if (settings.tunnel === 'off') return
  for (const field of ['tunnel_host', 'tunnel_user'] as const)
    if (settings[field] === undefined)
      context.issues.push({
        code: 'custom',
        input: settings,
        path: [field],
        message: field === 'tunnel_host' ? 'name the SSH server of the tunnel' : 'name the user of the SSH server',
      })
}

/** The secrets that go with `tunnelFields`. */
export const tunnelSecrets: readonly SecretField[] = [
  {
    name: 'tunnel_key',
    title: text('Private key for the tunnel', 'Clé privée pour le tunnel'),
    help: text('The text of the file that ssh-keygen made.', 'Le texte du fichier que ssh-keygen a créé.'),
    multiline: true,
    visibleWhen: { field: 'tunnel', in: ON },
  },
  {
    name: 'tunnel_key_passphrase',
    title: text('Passphrase of that key', 'Phrase de passe de cette clé'),
    visibleWhen: { field: 'tunnel', in: ON },
  },
  {
    name: 'tunnel_password',
    title: text('Password for the tunnel', 'Mot de passe pour le tunnel'),
    visibleWhen: { field: 'tunnel', in: ON },
  },
]

/** Through a tunnel it is the SSH server that decides who gets the secrets, and its key that says who it is. */
export const tunnelAudience: readonly string[] = [
  'tunnel',
  'tunnel_host',
  'tunnel_port',
  'tunnel_user',
  'tunnel_host_keys',
  'tunnel_known_hosts',
]
