import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'
import { documentation } from './documentation.ts'

const columns = z.array(z.string().min(1)).default([])

/** Modes in which a row finds its document by the key. */
export const KEYED: readonly string[] = ['upsert', 'merge', 'soft_delete', 'history']

const config = z
  .strictObject({
    connection: connectionField('mongodb'),
    collection: z
      .string()
      .min(1)
      .max(200)
      .regex(/^(?!system\.|_logidata)[^$\0]+$/, 'a name without $, not beginning with system. or _logidata')
      .meta(form('Collection', 'Collection', { control: 'text', placeholder: 'orders' })),
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
    mode: z
      .enum(['append', 'replace', 'truncate', 'upsert', 'merge', 'delete_insert', 'soft_delete', 'history'])
      .default('append')
      .meta(
        form('What happens to the documents that are there', 'Que deviennent les documents présents', {
          control: 'select',
          options: [
            option('append', 'They stay; the new ones are added', 'Ils restent ; les nouveaux s’ajoutent'),
            option(
              'replace',
              'A new collection takes the place of the old',
              'Une nouvelle collection prend la place de l’ancienne',
            ),
            option('truncate', 'They are deleted; the collection stays', 'Ils sont supprimés ; la collection reste'),
            option('upsert', 'Those of the same key are updated', 'Ceux de même clé sont mis à jour'),
            option('merge', 'As upsert, what is done being chosen', 'Comme la mise à jour, l’effet étant choisi'),
            option('delete_insert', 'Those of the same parts are replaced', 'Ceux des mêmes parties sont remplacés'),
            option(
              'soft_delete',
              'As upsert; those that are gone are marked',
              'Mise à jour ; les disparus sont marqués',
            ),
            option('history', 'Each version is kept, with its time', 'Chaque version est gardée, avec sa date'),
          ],
        }),
      ),
    key: columns.meta(
      form('Key', 'Clé', {
        control: 'columns',
        port: 'in',
        help: text(
          'Columns that name one document. A unique index on them is made.',
          'Colonnes qui désignent un document. Un index unique est créé.',
        ),
      }),
    ),
    parts: columns.meta(
      form('Parts', 'Parties', {
        control: 'columns',
        port: 'in',
        help: text(
          'Documents that have values of these columns which come in the input are deleted first.',
          'Les documents ayant des valeurs de ces colonnes présentes dans l’entrée sont d’abord supprimés.',
        ),
        visibleWhen: { field: 'mode', in: ['delete_insert'] },
      }),
    ),
    when_new: z
      .enum(['insert', 'skip'])
      .default('insert')
      .meta(
        form('Rows with a key that is not there', 'Lignes dont la clé est absente', {
          control: 'select',
          visibleWhen: { field: 'mode', in: ['merge'] },
          options: [option('insert', 'Insert them', 'Les insérer'), option('skip', 'Leave them out', 'Les ignorer')],
        }),
      ),
    when_there: z
      .enum(['update', 'skip'])
      .default('update')
      .meta(
        form('Rows with a key that is there', 'Lignes dont la clé est présente', {
          control: 'select',
          visibleWhen: { field: 'mode', in: ['merge'] },
          options: [
            option('update', 'Update them', 'Mettre à jour'),
            option('skip', 'Leave them as they are', 'Laisser tel quel'),
          ],
        }),
      ),
    when_gone: z
      .enum(['keep', 'delete'])
      .default('keep')
      .meta(
        form('Documents that no row has', 'Documents sans ligne', {
          control: 'select',
          visibleWhen: { field: 'mode', in: ['merge', 'history'] },
          options: [
            option('keep', 'Keep them', 'Les garder'),
            option(
              'delete',
              'Delete them; in a history end their last version',
              'Les supprimer ; dans un historique, clore leur version',
            ),
          ],
        }),
      ),
    deleted_field: z
      .string()
      .regex(/^[^.$\0]+$/)
      .default('deleted_at')
      .meta(
        form('Field of the mark', 'Champ de la marque', {
          advanced: true,
          visibleWhen: { field: 'mode', in: ['soft_delete'] },
          help: text(
            'Holds the time from which no row had the document.',
            'Contient l’instant depuis lequel aucune ligne n’a le document.',
          ),
        }),
      ),
    object_ids: columns.meta(
      form('Columns of ObjectIds', 'Colonnes d’ObjectId', {
        control: 'columns',
        port: 'in',
        help: text('Texts of 24 digits. Else they are texts.', 'Textes de 24 chiffres. Sinon, ce sont des textes.'),
      }),
    ),
    decimals: columns.meta(
      form('Columns of Decimal128', 'Colonnes de Decimal128', {
        control: 'columns',
        port: 'in',
        advanced: true,
        help: text('Texts and numbers. DECIMAL is so already.', 'Textes et nombres. DECIMAL l’est déjà.'),
      }),
    ),
    json_texts: columns.meta(
      form('Texts that are JSON', 'Textes qui sont du JSON', {
        control: 'columns',
        port: 'in',
        advanced: true,
      }),
    ),
    json: z
      .enum(['extended', 'plain', 'text'])
      .default('extended')
      .meta(
        form('JSON', 'JSON', {
          control: 'select',
          advanced: true,
          options: [
            option('extended', 'Documents; {"$date": …} is a date', 'Documents ; {"$date": …} est une date'),
            option('plain', 'Documents; {"$date": …} is a document, too', 'Documents ; {"$date": …} aussi'),
            option('text', 'Text', 'Texte'),
          ],
        }),
      ),
    microseconds: z
      .enum(['fail', 'cut'])
      .default('fail')
      .meta(
        form('Times finer than a millisecond', 'Heures plus fines que la milliseconde', {
          control: 'select',
          advanced: true,
          help: text('Dates of MongoDB end there.', 'Les dates de MongoDB s’arrêtent là.'),
          options: [
            option('fail', 'End the load and name the row', 'Arrêter et nommer la ligne'),
            option('cut', 'Cut them off', 'Les tronquer'),
          ],
        }),
      ),
    nulls: z
      .enum(['keep', 'omit'])
      .default('keep')
      .meta(
        form('NULL', 'NULL', {
          control: 'select',
          advanced: true,
          options: [
            option('keep', 'A field that is null', 'Un champ à null'),
            option('omit', 'No field', 'Pas de champ'),
          ],
        }),
      ),
  })
  .refine(({ mode, key }) => !KEYED.includes(mode) || key.length > 0, {
    error: 'name the columns of the key',
    path: ['key'],
  })
  .refine(({ mode, parts }) => mode !== 'delete_insert' || parts.length > 0, {
    error: 'name the columns of the parts',
    path: ['parts'],
  })
export type MongodbLoadConfig = z.output<typeof config>

export const mongodbLoadDescriptor = defineModule({
  type: 'load.mongodb',
  version: 1,
  family: 'load',
  title: text('MongoDB', 'MongoDB'),
  summary: text(
    'Writes rows as documents into a collection of a MongoDB database.',
    'Écrit des lignes comme documents dans une collection d’une base MongoDB.',
  ),
  documentation,
  icon: 'database',
  keywords: [
    'mongodb',
    'mongo',
    'nosql',
    'documents',
    'upsert',
    'merge',
    'insert',
    'atlas',
    'ferretdb',
    'base de données',
    'export',
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { connection: '', collection: '' },
  example: { connection: 'shop', collection: 'orders', mode: 'upsert', key: ['order_id'], object_ids: ['customer_id'] },
  describe: ({ collection, mode }) => `${collection} · ${mode}`,
})
