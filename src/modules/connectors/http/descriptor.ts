import { z } from 'zod'
import type { ConnectorDescriptor } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'
import { pairsField } from '../../kit/web-rows.ts'
import { tlsFields, tlsSecrets } from '../kit/tls.ts'
import { httpDocumentation } from './documentation.ts'

const when = (...ways: string[]) => ({ visibleWhen: { field: 'auth', in: ways } })
const url = z
  .string()
  .refine(
    (given) => /^https?:\/\/[^/?#@]+/i.test(given) && URL.canParse(given),
    'write an address that begins with https://',
  )

const settings = z.strictObject({
  base_url: url
    .refine((given) => !/[?#]/.test(given), 'leave out what follows “?” or “#”; the steps give it')
    .meta(
      form('Address', 'Adresse', {
        help: text(
          'What all addresses of this API begin with.',
          'Ce par quoi commencent toutes les adresses de cette API.',
        ),
        placeholder: 'https://api.example.com/v1',
      }),
    ),
  auth: z
    .enum(['none', 'basic', 'bearer', 'key', 'oauth2'])
    .default('none')
    .meta(
      form('How it knows you', 'Comment elle vous reconnaît', {
        options: [
          option('none', 'Not at all', 'Pas du tout'),
          option('basic', 'User and password', 'Utilisateur et mot de passe'),
          option('bearer', 'Token', 'Jeton'),
          option('key', 'API key', 'Clé d’API'),
          option('oauth2', 'OAuth 2, client credentials', 'OAuth 2, identifiants du client'),
        ],
      }),
    ),
  user: z
    .string()
    .optional()
    .meta(form('User', 'Utilisateur', when('basic'))),
  key_name: z
    .string()
    .min(1)
    .default('X-API-Key')
    .meta(form('Name of the key', 'Nom de la clé', when('key'))),
  key_in: z
    .enum(['header', 'query'])
    .default('header')
    .meta(
      form('The key stands in', 'La clé se trouve dans', {
        options: [option('header', 'a header', 'un en-tête'), option('query', 'the address', 'l’adresse')],
        help: text(
          'Addresses end up in the logs of servers: prefer a header where the API takes both.',
          'Les adresses finissent dans les journaux des serveurs : préférez un en-tête si l’API accepte les deux.',
        ),
        ...when('key'),
      }),
    ),
  token_url: url.optional().meta(
    form('Address for tokens', 'Adresse des jetons', {
      placeholder: 'https://login.example.com/token',
      ...when('oauth2'),
    }),
  ),
  client_id: z
    .string()
    .optional()
    .meta(form('Client', 'Client', when('oauth2'))),
  scope: z
    .string()
    .optional()
    .meta(form('Scope', 'Portée', { placeholder: 'orders.read', ...when('oauth2') })),
  token_audience: z
    .string()
    .optional()
    .meta(form('Audience', 'Audience', { ...when('oauth2'), advanced: true })),
  client_auth: z
    .enum(['basic', 'body'])
    .default('basic')
    .meta(
      form('The client’s secret is sent', 'Le secret du client est envoyé', {
        options: [
          option('basic', 'in a header', 'dans un en-tête'),
          option('body', 'in the form', 'dans le formulaire'),
        ],
        ...when('oauth2'),
        advanced: true,
      }),
    ),
  test_path: z
    .string()
    .default('')
    .meta(
      form('Path for the test', 'Chemin du test', {
        help: text(
          'What the test of the connection asks for, with GET. Empty: the address itself.',
          'Ce que demande le test de la connexion, par GET. Vide : l’adresse elle-même.',
        ),
        placeholder: '/me',
        advanced: true,
      }),
    ),
  headers: pairsField('Headers of every request', 'En-têtes de chaque requête', 'Accept-Language'),
  allow_private: z
    .boolean()
    .default(false)
    .meta(
      form('May be inside this network', 'Peut être dans ce réseau', {
        help: text(
          'Off: addresses of this computer and of the network around it are refused, so that a project from somebody else cannot reach into them. Switch it on for an API of your own house, knowingly.',
          'Désactivé : les adresses de cet ordinateur et du réseau qui l’entoure sont refusées, pour que le projet d’un autre ne puisse y pénétrer. À activer sciemment, pour une API de votre maison.',
        ),
        advanced: true,
      }),
    ),
  tls: z
    .enum(['verified', 'required'])
    .default('verified')
    .meta(
      form('Certificate of the server', 'Certificat du serveur', {
        help: text('Only for addresses that begin with https.', 'Seulement pour les adresses en https.'),
        options: [
          option('verified', 'is verified', 'est vérifié'),
          option(
            'required',
            'is not verified: anybody can pretend to be the server',
            'n’est pas vérifié : n’importe qui peut se faire passer pour le serveur',
          ),
        ],
        advanced: true,
      }),
    ),
  tls_ca: tlsFields.tls_ca,
  tls_server_name: tlsFields.tls_server_name,
  tls_certificate: tlsFields.tls_certificate,
  timeout_seconds: z
    .number()
    .min(1)
    .max(3600)
    .default(60)
    .meta(
      form('Seconds to wait for an answer', 'Secondes d’attente d’une réponse', {
        help: text(
          'Without a byte for so long, a request has failed. Ten times that is the most that one answer may take.',
          'Sans un octet pendant ce temps, la requête a échoué. Une réponse peut prendre dix fois ce temps au plus.',
        ),
        advanced: true,
      }),
    ),
  requests_per_second: z
    .number()
    .positive()
    .max(1000)
    .optional()
    .meta(form('Requests a second, at most', 'Requêtes par seconde, au plus', { advanced: true })),
  concurrency: z
    .number()
    .int()
    .min(1)
    .max(32)
    .default(4)
    .meta(form('Requests at once, at most', 'Requêtes simultanées, au plus', { advanced: true })),
  retries: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(5)
    .meta(
      form('Tries after the first', 'Nouveaux essais', {
        help: text(
          'After lost connections, answers 429 and 5xx, each time after a longer pause, and after the pause that the API asks for. What could be done twice is not tried again.',
          'Après une connexion perdue ou une réponse 429 ou 5xx, chaque fois après une pause plus longue, et après la pause que l’API demande. Ce qui pourrait être fait deux fois n’est pas réessayé.',
        ),
        advanced: true,
      }),
    ),
  max_wait_seconds: z
    .number()
    .min(0)
    .max(3600)
    .default(60)
    .meta(
      form('Longest pause that the API may ask for', 'Plus longue pause que l’API peut demander', {
        help: text('In seconds. It asks for more: the run fails.', 'En secondes. Au-delà, l’exécution échoue.'),
        advanced: true,
      }),
    ),
  max_megabytes: z
    .number()
    .positive()
    .max(200)
    .default(64)
    .meta(
      form('Largest answer, in megabytes', 'Plus grande réponse, en mégaoctets', {
        help: text('Unpacked. One page is held in memory.', 'Décompressée. Une page est tenue en mémoire.'),
        advanced: true,
      }),
    ),
})
export type HttpSettings = z.output<typeof settings>

const secret = (name: string, en: string, fr: string, way: string) => ({ name, title: text(en, fr), ...when(way) })

export const httpDescriptor: ConnectorDescriptor<typeof settings> = {
  type: 'http',
  title: text('Web API', 'API web'),
  summary: text('REST and GraphQL over HTTP.', 'REST et GraphQL par HTTP.'),
  documentation: httpDocumentation,
  icon: 'json',
  keywords: ['REST', 'HTTP', 'GraphQL', 'OAuth', 'webhook', 'API', 'OData', 'JSON'],
  settings,
  secrets: [
    secret('password', 'Password', 'Mot de passe', 'basic'),
    secret('token', 'Token', 'Jeton', 'bearer'),
    secret('api_key', 'API key', 'Clé d’API', 'key'),
    secret('client_secret', 'Secret of the client', 'Secret du client', 'oauth2'),
    {
      name: 'signing_secret',
      title: text('Secret for signatures', 'Secret de signature'),
      help: text('Signs what load.webhook sends (HMAC-SHA256).', 'Signe ce qu’envoie load.webhook (HMAC-SHA256).'),
    },
    ...tlsSecrets,
  ],
  defaultSettings: { base_url: 'https://', auth: 'none' },
  audience: [
    'base_url',
    'auth',
    'key_name',
    'key_in',
    'user',
    'token_url',
    'client_id',
    'client_auth',
    'allow_private',
    'tls',
    'tls_server_name',
  ],
}
