import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const COUNTED = ['equal_width', 'equal_count', 'tile']
const LABELLED = ['equal_width', 'equal_count', 'edges', 'tile']

const config = z.strictObject({
  column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
  name: z.string().min(1).meta(form('Column to make', 'Colonne à créer')),
  method: z
    .enum(['equal_width', 'equal_count', 'size', 'edges', 'deviations', 'tile'])
    .default('equal_width')
    .meta(
      form('Bins', 'Classes', {
        options: [
          option('equal_width', 'Of equal width, from smallest to largest', 'De même largeur, du minimum au maximum'),
          option('equal_count', 'With about as many values each (quantiles)', 'D’effectifs voisins (quantiles)'),
          option('size', 'Of a given width', 'D’une largeur donnée'),
          option('edges', 'Between given limits', 'Entre des bornes données'),
          option('deviations', 'By standard deviations from the mean', 'Par écarts types autour de la moyenne'),
          option('tile', 'Tiles: exactly as many rows each', 'Tuiles : exactement autant de lignes'),
        ],
      }),
    ),
  bins: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(5)
    .meta(form('How many', 'Combien', { visibleWhen: { field: 'method', in: COUNTED } })),
  width: z
    .number()
    .positive()
    .default(10)
    .meta(form('Width', 'Largeur', { visibleWhen: { field: 'method', in: ['size'] } })),
  start: z
    .number()
    .default(0)
    .meta(
      form('Where a bin starts', 'Où commence une classe', {
        advanced: true,
        visibleWhen: { field: 'method', in: ['size'] },
      }),
    ),
  edges: z
    // A form gives texts.
    .array(
      z.union([
        z.number(),
        z
          .string()
          .regex(/^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/, 'write a number')
          .transform(Number),
      ]),
    )
    .default([])
    .meta(
      form('Limits', 'Bornes', {
        control: 'list',
        item: 'number',
        visibleWhen: { field: 'method', in: ['edges'] },
        help: text('In ascending order: 0, 18, 65.', 'Dans l’ordre croissant : 0, 18, 65.'),
      }),
    ),
  deviations: z
    .number()
    .positive()
    .default(1)
    .meta(
      form('Width in standard deviations', 'Largeur en écarts types', {
        visibleWhen: { field: 'method', in: ['deviations'] },
      }),
    ),
  group_by: z
    .array(z.string())
    .default([])
    .meta(
      form('For each', 'Pour chaque', {
        control: 'columns',
        port: 'in',
        advanced: true,
        help: text('Limits are worked out in each group by itself.', 'Les bornes se calculent dans chaque groupe.'),
      }),
    ),
  closed: z
    .enum(['left', 'right'])
    .default('left')
    .meta(
      form('A value on a limit belongs to', 'Une valeur sur une borne appartient à', {
        advanced: true,
        options: [
          option('left', 'The bin that starts there', 'La classe qui y commence'),
          option('right', 'The bin that ends there', 'La classe qui y finit'),
        ],
      }),
    ),
  outside: z
    .enum(['own', 'empty', 'nearest'])
    .default('own')
    .meta(
      form('Values outside the limits', 'Valeurs hors des bornes', {
        visibleWhen: { field: 'method', in: ['edges'] },
        options: [
          option('own', 'Bins of their own', 'Classes à part'),
          option('empty', 'Leave empty', 'Laisser vide'),
          option('nearest', 'Go to the nearest bin', 'Vont à la classe la plus proche'),
        ],
      }),
    ),
  result: z
    .enum(['label', 'number', 'lower', 'upper'])
    .default('label')
    .meta(
      form('Result', 'Résultat', {
        options: [
          option('label', 'Label', 'Libellé'),
          option('number', 'Number of the bin', 'Numéro de la classe'),
          option('lower', 'Lower limit', 'Borne inférieure'),
          option('upper', 'Upper limit', 'Borne supérieure'),
        ],
      }),
    ),
  labels: z
    .array(z.string())
    .default([])
    .meta(
      form('Labels of your own', 'Libellés choisis', {
        control: 'list',
        advanced: true,
        visibleWhen: { field: 'method', in: LABELLED },
        help: text('One for each bin, from the lowest.', 'Un par classe, à partir de la plus basse.'),
      }),
    ),
  lower_name: z
    .string()
    .min(1)
    .optional()
    .meta(form('Also a column for the lower limit', 'Aussi une colonne pour la borne inférieure', { advanced: true })),
  upper_name: z
    .string()
    .min(1)
    .optional()
    .meta(form('Also a column for the upper limit', 'Aussi une colonne pour la borne supérieure', { advanced: true })),
})
export type BinConfig = z.output<typeof config>

export const binDescriptor = defineModule({
  type: 'transform.bin',
  version: 1,
  family: 'compute',
  title: text('Bin', 'Mettre en classes'),
  summary: text(
    'Puts numbers into bins: of equal width, of equal count, between limits, or tiles.',
    'Range des nombres en classes : de même largeur, de même effectif, entre des bornes, ou en tuiles.',
  ),
  documentation: text(
    `- \`equal_width\` cuts from the smallest to the largest value into \`bins\` parts. - \`size\` makes bins of \`width\`, one of which starts at \`start\`.
- \`equal_count\` takes its limits from the quantiles of the values, so that equal values are never parted: with many equal values, some bins are larger
  and some stay empty. - \`tile\` numbers the rows in the order of the column and gives each tile as many (the first ones take what is left over);
  equal values may be parted, and are then told apart by the other columns, so that the result is always the same.
- \`edges\` are your limits. - \`deviations\` measures from the mean: bin 1 starts at it, bin 0 ends there. One value alone has no deviation: empty.

**Limits.** \`closed: left\` is [10, 20), the lower limit included; \`right\` is (10, 20]. The outermost limits belong to the outermost bins in both.
\`size\` and \`edges\` compare exactly as DECIMAL; limits of \`equal_width\` and \`deviations\` are DOUBLE, worked out in floating point.

**Outside** the given \`edges\`, values get bins of their own (numbers 0 and one more than the last), nothing, or the nearest bin. Empty values and
NaN have no bin; infinite values do not count for the limits of \`equal_width\`, \`equal_count\` and \`deviations\`, and have no bin there.

The result is a label such as \`[10, 20)\`, one of your \`labels\`, the bin's number (from 1; of \`size\`: 1 starts at \`start\`) or one of its limits.
Tiles have no limits: their label is their number. All rows stay; with \`equal_width\`, \`equal_count\`, \`deviations\` and \`tile\` their order may change.`,
    `- \`equal_width\` découpe du minimum au maximum en \`bins\` parts. - \`size\` fait des classes de largeur \`width\`, dont l’une commence à \`start\`.
- \`equal_count\` prend ses bornes dans les quantiles : des valeurs égales ne sont jamais séparées ; avec beaucoup de valeurs égales, des classes sont plus grandes
  et d’autres vides. - \`tile\` numérote les lignes dans l’ordre de la colonne et en donne autant à chaque tuile ; des valeurs égales peuvent être
  séparées, selon les autres colonnes : le résultat est toujours le même.
- \`edges\` : vos bornes. - \`deviations\` mesure depuis la moyenne : la classe 1 y commence, la classe 0 y finit. Une valeur seule n’a pas d’écart : vide.

**Les bornes.** \`closed: left\` donne [10, 20), borne inférieure comprise ; \`right\` donne (10, 20]. Les bornes extrêmes appartiennent toujours aux classes extrêmes.
\`size\` et \`edges\` comparent exactement, en DECIMAL ; les bornes de \`equal_width\` et \`deviations\` sont des DOUBLE.

**Hors** des \`edges\`, les valeurs ont des classes à part (0 et une de plus que la dernière), rien, ou la classe la plus proche. Les valeurs vides et
NaN n’ont pas de classe ; les infinis ne comptent pas pour les bornes calculées et n’ont alors pas de classe.

Le résultat est un libellé comme \`[10, 20)\`, un de vos \`labels\`, le numéro de la classe ou une de ses bornes. Les tuiles n’ont pas de bornes. Toutes
les lignes restent ; sauf avec \`size\` et \`edges\`, leur ordre peut changer.`,
  ),
  icon: 'bin',
  keywords: [
    ...['bucket', 'tile', 'ntile', 'quantile', 'quartile', 'decile', 'histogram', 'auto-binner', 'binning', 'range'],
    ...['classe', 'tranche', 'intervalle', 'discrétiser', 'tuile'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { column: '', name: 'bin', method: 'equal_width', bins: 5 },
  example: {
    column: 'age',
    name: 'age_group',
    method: 'edges',
    edges: [0, 18, 65, 120],
    labels: ['child', 'adult', 'senior'],
    outside: 'empty',
  },
  describe: ({ column, method, bins, width, edges, deviations }) => {
    const how = {
      equal_width: `${bins} of equal width`,
      equal_count: `${bins} of equal count`,
      size: `of width ${width}`,
      edges: `at ${edges.slice(0, 6).join(', ')}${edges.length > 6 ? ', …' : ''}`,
      deviations: `by ${deviations} σ`,
      tile: `${bins} tiles`,
    }[method]
    return `${column.slice(0, 80)} · ${how}`
  },
})
