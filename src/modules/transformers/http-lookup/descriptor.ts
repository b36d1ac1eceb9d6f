import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'
import { pairsField } from '../../kit/web-rows.ts'
import { httpLookupDocumentation } from './documentation.ts'

const config = z.strictObject({
  connection: connectionField('http'),
  path: z
    .string()
    .default('')
    .meta(
      form('Path', 'Chemin', {
        help: text(
          'Goes on from the address of the connection. $column or ${column name} is the value of a column, made safe for its place; $name is a parameter.',
          'Continue l’adresse de la connexion. $colonne ou ${nom de colonne} est la valeur d’une colonne, rendue sûre pour sa place ; $nom est un paramètre.',
        ),
        placeholder: '/customers/$customer_id',
      }),
    ),
  query: pairsField('Parameters', 'Paramètres', 'email', false),
  result_path: z
    .string()
    .default('')
    .meta(
      form('Where the result is', 'Où est le résultat', {
        help: text(
          'In the JSON of the answer. Empty: the answer is the result.',
          'Dans le JSON de la réponse. Vide : la réponse est le résultat.',
        ),
        placeholder: 'data',
      }),
    ),
  columns: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1, 'name the column')
          .meta(form('Column', 'Colonne', { placeholder: 'city' })),
        path: z
          .string()
          .default('')
          .meta(
            form('Where it is in the result', 'Où elle est dans le résultat', {
              help: text('Empty: as the column is called.', 'Vide : comme la colonne s’appelle.'),
              placeholder: 'address.city',
            }),
          ),
        type: z
          .string()
          .default('VARCHAR')
          .meta(form('Type', 'Type', { control: 'type' })),
      }),
    )
    .min(1, 'say which columns are taken from the answer')
    .meta(form('Columns from the answer', 'Colonnes de la réponse', { control: 'list' })),
  several: z
    .enum(['fail', 'first', 'rows'])
    .default('fail')
    .meta(
      form('A result that is a list of several', 'Un résultat qui en contient plusieurs', {
        options: [
          option('fail', 'is an error', 'est une erreur'),
          option('first', 'counts by its first', 'compte par son premier'),
          option('rows', 'gives a row each', 'donne une ligne chacun'),
        ],
      }),
    ),
  on_missing: z
    .enum(['null', 'reject', 'fail'])
    .default('null')
    .meta(
      form('A row of which the API knows nothing', 'Une ligne dont l’API ne sait rien', {
        help: text(
          'It answers 404 or 410, the result is empty, or a value that it is asked by is NULL.',
          'Elle répond 404 ou 410, le résultat est vide, ou une valeur demandée est NULL.',
        ),
        options: [
          option('null', 'Gets NULL', 'Reçoit NULL'),
          option('reject', 'Is rejected', 'Est rejetée'),
          option('fail', 'Fails the run', 'Fait échouer l’exécution'),
        ],
      }),
    ),
  on_error: z
    .enum(['fail', 'reject', 'null'])
    .default('fail')
    .meta(
      form('A row whose request fails', 'Une ligne dont la requête échoue', {
        help: text(
          'After the tries that the connection allows, or with a value that does not fit its type.',
          'Après les essais que permet la connexion, ou avec une valeur qui ne convient pas à son type.',
        ),
        options: [
          option('fail', 'Fails the run', 'Fait échouer l’exécution'),
          option('reject', 'Is rejected', 'Est rejetée'),
          option('null', 'Gets NULL', 'Reçoit NULL'),
        ],
      }),
    ),
  cache: z
    .enum(['run', 'disk'])
    .default('run')
    .meta(
      form('Answers are kept', 'Les réponses sont gardées', {
        options: [
          option('run', 'for this run', 'pour cette exécution'),
          option('disk', 'on this computer, for a time', 'sur cet ordinateur, pour un temps'),
        ],
      }),
    ),
  cache_hours: z
    .number()
    .min(0.01)
    .max(87_600)
    .default(24)
    .meta(form('For so many hours', 'Pendant tant d’heures', { visibleWhen: { field: 'cache', in: ['disk'] } })),
  method: z
    .enum(['GET', 'POST'])
    .default('GET')
    .meta(
      form('Method', 'Méthode', {
        help: text(
          'POST is for APIs that are asked so: a request may be sent twice, and must change nothing.',
          'POST sert aux API qu’on interroge ainsi : une requête peut partir deux fois et ne doit rien changer.',
        ),
        advanced: true,
      }),
    ),
  body: z
    .string()
    .optional()
    .meta(
      form('Body', 'Corps', {
        control: 'multiline',
        help: text(
          'JSON. Columns stand within quotes: "$city".',
          'JSON. Les colonnes sont entre guillemets : "$ville".',
        ),
        placeholder: '{ "city": "$city" }',
        visibleWhen: { field: 'method', in: ['POST'] },
        advanced: true,
      }),
    ),
  headers: pairsField('Headers', 'En-têtes', 'Accept-Language'),
})
export type HttpLookupConfig = z.output<typeof config>

export const httpLookupDescriptor = defineModule({
  type: 'transform.http_lookup',
  version: 1,
  family: 'combine',
  title: text('Web look-up', 'Recherche web'),
  summary: text(
    'Asks a web API about each row, and adds columns from its answers.',
    'Interroge une API web pour chaque ligne et ajoute des colonnes de ses réponses.',
  ),
  documentation: httpLookupDocumentation,
  icon: 'lookup',
  keywords: [
    'REST',
    'HTTP',
    'API',
    'enrich',
    'download tool',
    'web service',
    'geocode',
    'Web.Contents',
    'HTTP client',
    'enrichir',
    'service web',
    'requête',
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [
    { name: 'out', title: text('Rows', 'Lignes') },
    { name: 'reject', title: text('Rejected rows', 'Lignes rejetées'), reject: true },
  ],
  config,
  defaultConfig: { connection: '', path: '', columns: [{ name: 'result' }] },
  example: {
    connection: 'crm',
    path: '/customers/$customer_id',
    columns: [
      { name: 'city', path: 'address.city' },
      { name: 'since', path: 'created_at', type: 'DATE' },
    ],
    on_missing: 'reject',
    cache: 'disk',
    cache_hours: 24,
  },
  describe: ({ connection, path }) => [connection, path].filter(Boolean).join(' · '),
})
