import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option } from '../../kit/form.ts'

const columnSchema = z.strictObject({
  column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
  name: z.string().min(1).optional().meta(form('New name', 'Nouveau nom')),
  type: z
    .string()
    .min(1)
    .optional()
    .meta(form('Type', 'Type', { control: 'type' })),
  format: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Date format', 'Format de date', {
        advanced: true,
        placeholder: '%d/%m/%Y',
        help: {
          en: 'How dates are written in the text (%d day, %m month, %Y year, %H:%M:%S time).',
          fr: 'Comment les dates s’écrivent dans le texte (%d jour, %m mois, %Y année, %H:%M:%S heure).',
        },
      }),
    ),
  lossy: z
    .boolean()
    .default(false)
    .meta(
      form('Allow loss', 'Accepter la perte', {
        advanced: true,
        help: {
          en: 'Rounds or cuts values that do not fit exactly: 1.5 becomes 2 as an INTEGER.',
          fr: 'Arrondit ou coupe les valeurs qui ne tiennent pas exactement : 1.5 devient 2 en INTEGER.',
        },
      }),
    ),
})

const config = z.strictObject({
  columns: z
    .array(columnSchema)
    .default([])
    .meta(form('Columns', 'Colonnes', { control: 'columnList', port: 'in' })),
  others: z
    .enum(['drop', 'keep'])
    .default('drop')
    .meta(
      form('Columns that are not listed', 'Colonnes non listées', {
        options: [option('drop', 'Drop', 'Retirer'), option('keep', 'Keep, after the others', 'Garder, à la suite')],
      }),
    ),
  on_error: z
    .enum(['fail', 'null', 'reject'])
    .default('fail')
    .meta(
      form('When a value does not fit its new type', 'Quand une valeur ne convient pas à son nouveau type', {
        options: [
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
          option('null', 'Leave it empty', 'La laisser vide'),
          option('reject', 'Send the row to “reject”', 'Envoyer la ligne vers « reject »'),
        ],
      }),
    ),
})

export type SelectConfig = z.output<typeof config>

export const selectDescriptor = defineModule({
  type: 'transform.select',
  version: 1,
  family: 'shape',
  title: { en: 'Select columns', fr: 'Choisir les colonnes' },
  summary: {
    en: 'Chooses, orders and renames columns, and changes their types without losing anything.',
    fr: 'Choisit, ordonne et renomme les colonnes, et change leurs types sans rien perdre.',
  },
  documentation: {
    en: `Columns leave in the order of the list. With \`others: keep\`, those that are not listed follow in their own order.

**Types** are DuckDB's: \`INTEGER\`, \`DECIMAL(18,2)\`, \`VARCHAR\`, \`DATE\`, \`STRUCT(a INTEGER)\` … A cast must be exact: the text \`1.5\` is no
\`INTEGER\`, a \`TIMESTAMP\` with a time is no \`DATE\`, and a \`DECIMAL(10,2)\` has no third decimal. What does not fit stops the run, becomes NULL or
goes to the port \`reject\`, as \`on_error\` says; \`lossy: true\` on a column rounds instead.

**Rejected rows** keep their original columns and say in \`_column\` and \`_reason\` what was wrong.

**Dates in texts** are read by \`format\` (strptime): \`%d/%m/%Y\`. From a date to VARCHAR, it writes them.`,
    fr: `Les colonnes sortent dans l’ordre de la liste. Avec \`others: keep\`, celles qui n’y sont pas suivent dans leur ordre.

**Les types** sont ceux de DuckDB : \`INTEGER\`, \`DECIMAL(18,2)\`, \`VARCHAR\`, \`DATE\`, \`STRUCT(a INTEGER)\`… Une conversion doit être exacte : le texte \`1.5\`
n’est pas un \`INTEGER\`, un \`TIMESTAMP\` avec une heure n’est pas une \`DATE\`. Ce qui ne tient pas arrête l’exécution, devient NULL ou part vers le
port \`reject\`, selon \`on_error\` ; \`lossy: true\` sur une colonne arrondit.

**Les lignes rejetées** gardent leurs colonnes d’origine ; \`_column\` et \`_reason\` disent ce qui n’allait pas.

**Les dates dans des textes** se lisent selon \`format\` (strptime) : \`%d/%m/%Y\`. D’une date vers VARCHAR, il les écrit.`,
  },
  icon: 'columns',
  keywords: [
    'rename',
    'reorder',
    'cast',
    'type',
    'convert',
    'drop',
    'choose',
    'renommer',
    'convertir',
    'colonnes',
    'drop columns',
    'remove columns',
    'keep columns',
    'supprimer des colonnes',
    'garder des colonnes',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Rows', fr: 'Lignes' } },
    { name: 'reject', title: { en: 'Rows that do not fit', fr: 'Lignes qui ne tiennent pas' }, reject: true },
  ],
  config,
  defaultConfig: { columns: [], others: 'keep' },
  example: {
    columns: [
      { column: 'InvoiceId', name: 'invoice_id', type: 'BIGINT' },
      { column: 'InvoiceDate', name: 'day', type: 'DATE', format: '%d/%m/%Y' },
      { column: 'Total', name: 'total', type: 'DECIMAL(10,2)' },
    ],
    on_error: 'reject',
  },
  describe: ({ columns, others }) => {
    const names = columns
      .slice(0, 4)
      .map(({ column, name }) => (name && name !== column ? `${column} → ${name}` : column))
    const more = columns.length > 4 ? `, +${columns.length - 4}` : ''
    if (columns.length === 0) return others === 'keep' ? 'All columns' : 'No columns'
    return `${names.join(', ')}${more}${others === 'keep' ? ', …' : ''}`
  },
})
