import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { recordOutputs } from '../../kit/files/records/config.ts'
import { form, option, text } from '../../kit/form.ts'
import { pairsField, rowFields } from '../../kit/web-rows.ts'
import { restDocumentation } from './documentation.ts'

const when = (...values: string[]) => ({ visibleWhen: { field: 'pagination', in: values } })
const path = (en: string, fr: string, placeholder: string, more: Parameters<typeof form>[2] = {}) =>
  z
    .string()
    .optional()
    .meta(form(en, fr, { placeholder, ...more }))

export const restExtractDescriptor = defineModule({
  type: 'extract.rest',
  version: 1,
  family: 'extract',
  title: text('Web API', 'API web'),
  summary: text('Reads the rows of a REST API, page by page.', 'Lit les lignes d’une API REST, page par page.'),
  documentation: restDocumentation,
  icon: 'json',
  keywords: [
    'REST',
    'HTTP',
    'API',
    'JSON',
    'OData',
    'download',
    'web connector',
    'GET request',
    'télécharger',
    'requête',
  ],
  inputs: [],
  outputs: recordOutputs,
  config: z.strictObject({
    connection: connectionField('http'),
    path: z
      .string()
      .default('')
      .meta(
        form('Path', 'Chemin', {
          help: text(
            'Goes on from the address of the connection. $name is a parameter.',
            'Continue l’adresse de la connexion. $nom est un paramètre.',
          ),
          placeholder: '/orders',
        }),
      ),
    query: pairsField('Parameters', 'Paramètres', 'since', false),
    records_path: path('Where the rows are', 'Où sont les lignes', 'data.items', {
      help: text(
        'Empty: the answer is the list of rows. Of XML, the path of an element: /orders/order.',
        'Vide : la réponse est la liste des lignes. En XML, le chemin d’un élément : /orders/order.',
      ),
    }),
    pagination: z
      .enum(['none', 'page', 'offset', 'cursor', 'link', 'next'])
      .default('none')
      .meta(
        form('Further pages', 'Pages suivantes', {
          options: [
            option('none', 'none', 'aucune'),
            option('page', 'by the number of the page', 'par numéro de page'),
            option('offset', 'by the number of rows before', 'par nombre de lignes précédentes'),
            option('cursor', 'by a cursor in the answer', 'par un curseur dans la réponse'),
            option('link', 'by the header Link', 'par l’en-tête Link'),
            option('next', 'by an address in the answer', 'par une adresse dans la réponse'),
          ],
        }),
      ),
    page_param: path('Its parameter', 'Son paramètre', 'page, offset or cursor', when('page', 'offset', 'cursor')),
    first_page: z
      .number()
      .int()
      .min(0)
      .default(1)
      .meta(form('Number of the first page', 'Numéro de la première page', { ...when('page'), advanced: true })),
    next_path: path('Where the answer says it', 'Où la réponse le dit', 'meta.next_cursor', when('cursor', 'next')),
    more_path: path('Where it says whether there is more', 'Où elle dit s’il y en a encore', 'meta.has_more', {
      ...when('cursor', 'next'),
      advanced: true,
    }),
    total_path: path('Where it says how many rows there are', 'Où elle dit combien de lignes il y a', 'meta.total', {
      ...when('page', 'offset'),
      help: text('Spares the request for the empty page at the end.', 'Épargne la requête de la page vide à la fin.'),
      advanced: true,
    }),
    max_pages: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .meta(
        form('Pages, at most', 'Pages, au plus', {
          help: text('More of them are an error.', 'Au-delà, c’est une erreur.'),
          advanced: true,
        }),
      ),
    method: z
      .enum(['GET', 'POST'])
      .default('GET')
      .meta(form('Method', 'Méthode', { advanced: true })),
    body: z
      .string()
      .optional()
      .meta(
        form('Body', 'Corps', {
          control: 'multiline',
          help: text(
            'JSON. Parameters stand within quotes: "$since".',
            'JSON. Les paramètres sont entre guillemets : "$since".',
          ),
          visibleWhen: { field: 'method', in: ['POST'] },
          advanced: true,
        }),
      ),
    page_in: z
      .enum(['query', 'body'])
      .default('query')
      .meta(
        form('The parameter of the page stands in', 'Le paramètre de la page est dans', {
          options: [option('query', 'the address', 'l’adresse'), option('body', 'the body', 'le corps')],
          visibleWhen: { field: 'method', in: ['POST'] },
          advanced: true,
        }),
      ),
    headers: pairsField('Headers', 'En-têtes', 'Accept-Language'),
    format: z
      .enum(['auto', 'json', 'ndjson', 'xml', 'csv'])
      .default('auto')
      .meta(form('Format', 'Format', { advanced: true })),
    delimiter: z
      .string()
      .length(1)
      .default(',')
      .meta(form('What separates the fields of CSV', 'Séparateur des champs CSV', { advanced: true })),
    ...rowFields,
  }),
  defaultConfig: { connection: '', path: '' },
  example: {
    connection: 'shop',
    path: '/orders',
    query: [
      { name: 'updated_since', value: '$cursor' },
      { name: 'limit', value: '500' },
    ],
    records_path: 'data',
    pagination: 'cursor',
    page_param: 'cursor',
    next_path: 'meta.next_cursor',
    incremental: { initial: '1970-01-01T00:00:00Z', from: 'column', name: 'updated_at' },
  },
  describe: ({ connection, path }) => [connection, path].filter(Boolean).join(' · '),
})

export type RestConfig = z.output<typeof restExtractDescriptor.config>
