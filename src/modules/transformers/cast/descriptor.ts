import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, text } from '../../kit/form.ts'
import { advancedNumberFields } from '../../kit/number-text.ts'
import { onErrorField } from '../../kit/unfit.ts'

const castSchema = z.strictObject({
  ...columnSelectionFields,
  type: z
    .string()
    .min(1)
    .optional()
    .meta(form('To type', 'Vers le type', { control: 'type' })),
  format: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Date format', 'Format de date', {
        advanced: true,
        placeholder: '%d/%m/%Y',
        help: text(
          'How dates are written in texts (%d day, %m month, %Y year, %H:%M:%S time), read or to be written.',
          'Comment les dates s’écrivent dans les textes (%d jour, %m mois, %Y année, %H:%M:%S heure), à lire ou à écrire.',
        ),
      }),
    ),
  ...advancedNumberFields,
  lossy: z
    .boolean()
    .default(false)
    .meta(
      form('Allow loss', 'Accepter la perte', {
        advanced: true,
        help: text(
          'Rounds or cuts values that do not fit exactly: 1.5 becomes 2 as an INTEGER.',
          'Arrondit ou coupe les valeurs qui n’y entrent pas exactement : 1.5 devient 2 en INTEGER.',
        ),
      }),
    ),
  empty_is_null: z
    .boolean()
    .default(false)
    .meta(
      form('Empty texts become NULL', 'Les textes vides deviennent NULL', {
        advanced: true,
        help: text(
          'Otherwise they do not fit a number or a date.',
          'Sinon, ils ne conviennent ni à un nombre ni à une date.',
        ),
      }),
    ),
})

const config = z.strictObject({
  casts: z
    .array(castSchema)
    .min(1, 'add at least one type')
    .meta(form('Types', 'Types', { control: 'list' })),
  on_error: onErrorField(
    text('When a value does not fit its new type', 'Quand une valeur ne convient pas à son nouveau type'),
  ),
})
export type CastConfig = z.output<typeof config>

export const castDescriptor = defineModule({
  type: 'transform.cast',
  version: 1,
  family: 'clean',
  title: { en: 'Change types', fr: 'Changer les types' },
  summary: {
    en: 'Changes the types of columns, one or many at once, without losing anything unseen.',
    fr: 'Change le type de colonnes, une ou plusieurs à la fois, sans rien perdre en silence.',
  },
  documentation: {
    en: `Columns keep their names and places. A value must fit its new type exactly: the text \`1.5\` is no \`INTEGER\`, a \`TIMESTAMP\` with a time is no \`DATE\`, and a
\`DECIMAL(10,2)\` has no third decimal. What does not fit stops the run, becomes NULL or sends its row to \`reject\` with its original values and \`_column\`
and \`_reason\`, as \`on_error\` says. \`lossy: true\` rounds (halves away from zero) or cuts instead; text that is no number at all still does not fit.

- Types are DuckDB's: \`INTEGER\`, \`DECIMAL(18,2)\`, \`VARCHAR\`, \`DATE\`, \`STRUCT(a INTEGER)\` …
- **Texts to numbers** are read with the decimal mark and thousands separator that you choose; without any choice as SQL writes them.
- **Texts to dates** follow \`format\` (strptime), or are ISO dates without one; **dates to text** are written by it. With a format, \`type\` may be left out.
- NULL stays NULL. An empty text is no number and no date, unless \`empty_is_null: true\`.
- Each column has one new type: a column that two items name is refused.

To read dates of mixed forms, amounts with currencies or yes and no, use Clean. To rename and drop columns as well, use Select columns.`,
    fr: `Les colonnes gardent nom et place. Une valeur doit tenir exactement dans son nouveau type : le texte \`1.5\` n’est pas un \`INTEGER\`, un \`TIMESTAMP\` avec une
heure n’est pas une \`DATE\`. Ce qui ne tient pas arrête l’exécution, devient NULL ou envoie sa ligne vers \`reject\`, avec ses valeurs d’origine, \`_column\`
et \`_reason\`, selon \`on_error\`. \`lossy: true\` arrondit (les demis en s’éloignant de zéro) ou coupe ; un texte qui n’est pas un nombre ne tient toujours pas.

- Les types sont ceux de DuckDB : \`INTEGER\`, \`DECIMAL(18,2)\`, \`VARCHAR\`, \`DATE\`, \`STRUCT(a INTEGER)\`…
- **Du texte aux nombres** : avec le séparateur décimal et celui des milliers que vous choisissez ; sans choix, comme SQL les écrit.
- **Du texte aux dates** : selon \`format\` (strptime), ou des dates ISO sans format ; **des dates au texte**, il les écrit. Avec un format, \`type\` peut manquer.
- NULL reste NULL. Un texte vide n’est ni un nombre ni une date, sauf \`empty_is_null: true\`.
- Chaque colonne a un seul nouveau type : nommée deux fois, elle est refusée.

Pour lire des dates de formes mêlées, des montants avec devises, des oui et des non : Nettoyer. Pour renommer ou retirer aussi : Choisir les colonnes.`,
  },
  icon: 'cast',
  keywords: [
    ...[
      'convert',
      'type',
      'data type',
      'number to string',
      'string to number',
      'parse',
      'decimal comma',
      'Auto Field',
      'Change Type',
    ],
    ...['convertir', 'conversion', 'nombre', 'texte', 'date', 'virgule'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Rows', fr: 'Lignes' } },
    { name: 'reject', title: { en: 'Rows that do not fit', fr: 'Lignes qui ne tiennent pas' }, reject: true },
  ],
  config,
  defaultConfig: { casts: [{ type: 'VARCHAR' }] },
  example: {
    casts: [
      { pattern: '^amount_', type: 'DECIMAL(18,2)', decimal: ',', thousands: ' ' },
      { columns: ['ordered_on'], type: 'DATE', format: '%d/%m/%Y' },
      { columns: ['customer_id'], type: 'VARCHAR' },
    ],
    on_error: 'reject',
  },
  describe: ({ casts }) => {
    const shown = casts.slice(0, 3).map(({ columns, pattern, kinds, type, format }) => {
      const what = [
        ...columns.slice(0, 2),
        ...(columns.length > 2 ? ['…'] : []),
        ...(pattern ? [pattern.slice(0, 30)] : []),
        ...kinds,
      ]
      return `${what.join(', ')} → ${(type ?? format ?? '…').slice(0, 30)}`
    })
    return shown.join(' · ') + (casts.length > 3 ? ` · +${casts.length - 3}` : '')
  },
})
