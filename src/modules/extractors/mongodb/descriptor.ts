import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { columnTypeSchema } from '../../kit/files/column-type.ts'
import { form, option, text } from '../../kit/form.ts'
import { pushdownField } from '../../kit/pushdown-field.ts'
import { documentation } from './documentation.ts'

const json = (placeholder: string) => ({ control: 'multiline' as const, placeholder })

const incremental = z.strictObject({
  field: z
    .string()
    .min(1)
    .meta(
      form('Field that grows', 'Champ croissant', {
        placeholder: 'updated_at',
        help: text(
          'A date, a number or an ObjectId that is greater in new or changed documents; _id for new ones. An index on it makes reading quick.',
          'Une date, un nombre ou un ObjectId, plus grand dans les documents nouveaux ou modifiés ; _id pour les nouveaux. Un index accélère la lecture.',
        ),
      }),
    ),
  overlap: z
    .number()
    .min(0)
    .default(0)
    .meta(
      form('Overlap', 'Recouvrement', {
        advanced: true,
        help: text(
          'Reads again what is that much below the greatest value of last time: seconds of a date or an ObjectId, else units. For documents that were written late; load by key then.',
          'Relit ce qui est d’autant en dessous de la plus grande valeur précédente : secondes d’une date ou d’un ObjectId, sinon unités. Pour les documents écrits tardivement ; chargez alors par clé.',
        ),
      }),
    ),
})

const config = z
  .strictObject({
    connection: connectionField('mongodb'),
    collection: z
      .string()
      .min(1)
      .meta(form('Collection', 'Collection', { control: 'text', placeholder: 'orders' })),
    filter: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Only documents where', 'Seulement les documents où', {
          ...json('{"status": "open", "placed": {"$gte": {"$parameter": "$since"}}}'),
          help: text(
            'A filter in the language of MongoDB, as (Extended) JSON. Parameters of the pipeline are sent as values.',
            'Un filtre dans le langage de MongoDB, en JSON (étendu). Les paramètres du pipeline sont envoyés comme valeurs.',
          ),
        }),
      ),
    fields: z
      .array(z.string())
      .optional()
      .meta(
        form('Fields', 'Champs', {
          control: 'list',
          item: 'text',
          help: text(
            'At the top of the documents. Empty: all that the sample has.',
            'Au premier niveau des documents. Vide : tous ceux de l’échantillon.',
          ),
        }),
      ),
    pipeline: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Or an aggregation pipeline', 'Ou un pipeline d’agrégation', {
          ...json('[{"$match": {"paid": true}}, {"$group": {"_id": "$country", "orders": {"$count": {}}}}]'),
          advanced: true,
          help: text(
            'An array of stages. It takes the place of filter, projection, sort and limit.',
            'Un tableau d’étapes. Il remplace filtre, projection, tri et limite.',
          ),
        }),
      ),
    projection: z
      .string()
      .min(1)
      .optional()
      .meta(form('Projection', 'Projection', { ...json('{"lines": {"$slice": 3}}'), advanced: true })),
    sort: z
      .string()
      .min(1)
      .optional()
      .meta(form('Sort', 'Tri', { ...json('{"placed": -1}'), advanced: true })),
    limit: z
      .int()
      .min(1)
      .optional()
      .meta(form('At most so many documents', 'Au plus tant de documents', { advanced: true })),
    database: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Database', 'Base de données', {
          advanced: true,
          help: text('Empty: the connection’s.', 'Vide : celle de la connexion.'),
        }),
      ),
    incremental: incremental.optional().meta(
      form('Only what is new since the last run', 'Seulement le nouveau depuis la dernière exécution', {
        control: 'group',
      }),
    ),
    sample: z
      .int()
      .min(1)
      .max(200_000)
      .default(1000)
      .meta(
        form('Documents looked at for the columns', 'Documents examinés pour les colonnes', {
          advanced: true,
          help: text(
            'Half of them the first of the collection, half the last by _id.',
            'Pour moitié les premiers de la collection, pour moitié les derniers par _id.',
          ),
        }),
      ),
    types: z
      .record(z.string(), columnTypeSchema)
      .optional()
      .meta(
        form('Types', 'Types', {
          control: 'columnMap',
          help: text(
            'Of fields that shall have another type: address.zip is VARCHAR. They are columns also where the sample has no such field.',
            'Des champs qui doivent en avoir un autre : address.zip est VARCHAR. Ce sont des colonnes même si l’échantillon n’a pas ce champ.',
          ),
        }),
      ),
    nested: z
      .enum(['struct', 'json'])
      .default('struct')
      .meta(
        form('Documents and arrays within', 'Documents et tableaux imbriqués', {
          control: 'select',
          advanced: true,
          options: [
            option('struct', 'Keep their types (STRUCT, LIST)', 'Garder leurs types (STRUCT, LIST)'),
            option('json', 'JSON', 'JSON'),
          ],
        }),
      ),
    mixed: z
      .enum(['json', 'text', 'most'])
      .default('json')
      .meta(
        form('A field with values of several types', 'Un champ aux valeurs de plusieurs types', {
          control: 'select',
          advanced: true,
          options: [
            option('json', 'JSON, which keeps them all', 'JSON, qui les garde tous'),
            option('text', 'Text', 'Texte'),
            option(
              'most',
              'The type of most; the others do not fit',
              'Le type majoritaire ; les autres ne conviennent pas',
            ),
          ],
        }),
      ),
    on_misfit: z
      .enum(['fail', 'reject', 'null'])
      .default('fail')
      .meta(
        form('A value that does not fit its column', 'Une valeur qui ne convient pas à sa colonne', {
          control: 'select',
          advanced: true,
          options: [
            option('fail', 'End the run and name document and field', 'Arrêter et nommer document et champ'),
            option('reject', 'Send the document to the rejects', 'Envoyer le document aux rejets'),
            option('null', 'Make it NULL', 'La rendre NULL'),
          ],
        }),
      ),
    other_fields: z
      .enum(['fail', 'keep', 'ignore'])
      .default('fail')
      .meta(
        form('Fields that no column has', 'Champs sans colonne', {
          control: 'select',
          advanced: true,
          help: text('Those that the sample did not show.', 'Ceux que l’échantillon n’a pas montrés.'),
          options: [
            option('fail', 'End the run and name document and field', 'Arrêter et nommer document et champ'),
            option('keep', 'Keep them in a column of JSON', 'Les garder dans une colonne de JSON'),
            option('ignore', 'Leave them out', 'Les laisser de côté'),
          ],
        }),
      ),
    list_missing: z
      .boolean()
      .default(false)
      .meta(
        form('Tell missing fields from null', 'Distinguer champs absents et null', {
          advanced: true,
          help: text(
            'Both are NULL. This adds a column with the names of those that the document does not have.',
            'Les deux sont NULL. Ajoute une colonne avec les noms de ceux que le document n’a pas.',
          ),
        }),
      ),
    decimals: z
      .enum(['text', 'decimal'])
      .default('text')
      .meta(
        form('Decimal128', 'Decimal128', {
          control: 'select',
          advanced: true,
          help: text(
            'It holds 34 digits, exponents, NaN and infinity, which DECIMAL does not.',
            'Il contient 34 chiffres, des exposants, NaN et l’infini, que DECIMAL n’a pas.',
          ),
          options: [option('text', 'Text, exact', 'Texte, exact'), option('decimal', 'DECIMAL', 'DECIMAL')],
        }),
      ),
    decimal_scale: z
      .int()
      .min(0)
      .max(38)
      .default(10)
      .meta(
        form('Digits after the point', 'Chiffres après la virgule', {
          advanced: true,
          visibleWhen: { field: 'decimals', in: ['decimal'] },
        }),
      ),
    pushdown: pushdownField(),
    json: z
      .enum(['relaxed', 'canonical'])
      .default('relaxed')
      .meta(
        form('JSON is written', 'Le JSON est écrit', {
          control: 'select',
          advanced: true,
          options: [
            option('relaxed', 'Relaxed: {"n": 5}', 'Simple : {"n": 5}'),
            option(
              'canonical',
              'Canonical, each type kept: {"n": {"$numberInt": "5"}}',
              'Canonique, chaque type gardé : {"n": {"$numberInt": "5"}}',
            ),
          ],
        }),
      ),
  })
  .refine(
    ({ pipeline, filter, projection, sort, limit }) =>
      pipeline === undefined || [filter, projection, sort, limit].every((given) => given === undefined),
    { error: 'filter, projection, sort and limit are stages of the pipeline', path: ['pipeline'] },
  )
  .refine(({ pipeline, incremental: given }) => pipeline === undefined || given === undefined, {
    error: 'works with a collection; in a pipeline use a parameter',
    path: ['incremental'],
  })
  .refine(({ limit, sort, incremental: given }) => given === undefined || (limit === undefined && sort === undefined), {
    error: 'reads all that is new, in any order: leave out limit and sort',
    path: ['incremental'],
  })
export type MongodbExtractConfig = z.output<typeof config>

export const mongodbExtractDescriptor = defineModule({
  type: 'extract.mongodb',
  version: 1,
  family: 'extract',
  title: text('MongoDB', 'MongoDB'),
  summary: text(
    'Reads a collection or an aggregation pipeline of a MongoDB database.',
    'Lit une collection ou un pipeline d’agrégation d’une base MongoDB.',
  ),
  documentation,
  icon: 'database',
  keywords: [
    'mongodb',
    'mongo',
    'nosql',
    'documents',
    'bson',
    'collection',
    'aggregate',
    'atlas',
    'ferretdb',
    'base de données',
  ],
  inputs: [],
  outputs: [
    { name: 'out', title: text('Documents', 'Documents') },
    { name: 'rejected', title: text('Rejected', 'Rejetés'), reject: true },
  ],
  config,
  defaultConfig: { connection: '', collection: '' },
  example: {
    connection: 'shop',
    collection: 'orders',
    filter: '{"status": {"$ne": "draft"}}',
    types: { 'customer.zip': 'VARCHAR', total: 'DECIMAL(12,2)' },
    incremental: { field: 'updated_at', overlap: 300 },
    other_fields: 'keep',
  },
  describe: ({ collection, pipeline }) => `${collection}${pipeline === undefined ? '' : ' · pipeline'}`,
})
