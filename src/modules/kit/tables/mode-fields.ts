import { z } from 'zod'
import { form, option, text } from '../form.ts'

const within = (...modes: readonly string[]) => ({ visibleWhen: { field: 'mode', in: [...modes] } })

const columnName = (en: string, fr: string, standard: string, mode: string) =>
  z
    .string()
    .min(1)
    .max(63)
    .default(standard)
    .meta(form(en, fr, { control: 'text', advanced: true, ...within(mode) }))

/** What `upsert` and `merge` do with rows whose key is in the table, and with those whose key is not. */
export const mergeFields = {
  matched: z
    .enum(['update', 'nothing'])
    .default('update')
    .meta(
      form('Rows whose key is in the table', 'Lignes dont la clé est dans la table', {
        control: 'select',
        advanced: true,
        options: [
          option('update', 'Are updated', 'Sont mises à jour'),
          option('nothing', 'Stay as they are', 'Restent telles quelles'),
        ],
        ...within('upsert', 'merge'),
      }),
    ),
  update_columns: z
    .array(z.string().min(1))
    .default([])
    .meta(
      form('Columns to update', 'Colonnes à mettre à jour', {
        control: 'columns',
        port: 'in',
        advanced: true,
        help: text(
          'Empty: all. The others are written for new rows only.',
          'Vide : toutes. Les autres ne sont écrites que pour les nouvelles lignes.',
        ),
        ...within('upsert', 'merge'),
      }),
    ),
  newer_by: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Only where this is newer', 'Seulement si ceci est plus récent', {
        control: 'column',
        port: 'in',
        advanced: true,
        help: text(
          'Rows are updated or deleted only where this column is greater in the input than in the table.',
          'Les lignes ne sont mises à jour ou supprimées que si cette colonne est plus grande dans l’entrée que dans la table.',
        ),
        ...within('upsert', 'merge'),
      }),
    ),
  not_matched: z
    .enum(['insert', 'nothing'])
    .default('insert')
    .meta(
      form('Rows whose key is not in the table', 'Lignes dont la clé n’est pas dans la table', {
        control: 'select',
        advanced: true,
        options: [
          option('insert', 'Are added', 'Sont ajoutées'),
          option('nothing', 'Are left out', 'Sont laissées de côté'),
        ],
        ...within('upsert', 'merge'),
      }),
    ),
}

export const softDeleteFields = {
  deleted_as: z
    .enum(['time', 'flag', 'both'])
    .default('time')
    .meta(
      form('How missing rows are marked', 'Comment les lignes absentes sont marquées', {
        control: 'select',
        options: [
          option('time', 'By the moment they went', 'Par l’instant de leur disparition'),
          option('flag', 'By yes or no', 'Par oui ou non'),
          option('both', 'By both', 'Par les deux'),
        ],
        ...within('soft_delete'),
      }),
    ),
  deleted_column: columnName(
    'Column for when a row went',
    'Colonne de la date de disparition',
    'deleted_at',
    'soft_delete',
  ),
  deleted_flag_column: columnName('Column for whether a row went', 'Colonne « disparue »', 'is_deleted', 'soft_delete'),
}

export const historyFields = {
  version_columns: z
    .array(z.string().min(1))
    .default([])
    .meta(
      form('Columns that make a new version', 'Colonnes qui font une nouvelle version', {
        control: 'columns',
        port: 'in',
        help: text(
          'Empty: all. A change of the others is corrected in the current version.',
          'Vide : toutes. Un changement des autres est corrigé dans la version actuelle.',
        ),
        ...within('history'),
      }),
    ),
  hash_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column that tells rows apart', 'Colonne qui distingue les lignes', {
        control: 'column',
        port: 'in',
        advanced: true,
        help: text(
          'A hash of the row: only where it differs has the row changed.',
          'Une empreinte de la ligne : elle n’a changé que si l’empreinte diffère.',
        ),
        ...within('history'),
      }),
    ),
  effective_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Since when a row holds', 'Depuis quand une ligne vaut', {
        control: 'column',
        port: 'in',
        help: text(
          'A date or a time: the start of the version, and the end of the one before. Empty: the moment of the load. It is not written a second time.',
          'Une date ou un instant : le début de la version, et la fin de la précédente. Vide : l’instant du chargement. Elle n’est pas écrite une seconde fois.',
        ),
        ...within('history'),
      }),
    ),
  late: z
    .enum(['fail', 'ignore'])
    .default('fail')
    .meta(
      form('Changes from before the current version', 'Changements antérieurs à la version actuelle', {
        control: 'select',
        advanced: true,
        options: [
          option('fail', 'Refuse to load', 'Refuser de charger'),
          option('ignore', 'Leave them out', 'Les laisser de côté'),
        ],
        ...within('history'),
      }),
    ),
  vanished: z
    .enum(['keep', 'close'])
    .default('keep')
    .meta(
      form('Keys that are not in the input', 'Clés absentes de l’entrée', {
        control: 'select',
        options: [
          option('keep', 'Stay current', 'Restent actuelles'),
          option('close', 'Their version ends', 'Leur version se termine'),
        ],
        ...within('history'),
      }),
    ),
  from_column: columnName(
    'Column for the start of a version',
    'Colonne du début d’une version',
    'valid_from',
    'history',
  ),
  to_column: columnName('Column for its end', 'Colonne de sa fin', 'valid_to', 'history'),
  current_column: columnName('Column for whether it is current', 'Colonne « actuelle »', 'is_current', 'history'),
}
