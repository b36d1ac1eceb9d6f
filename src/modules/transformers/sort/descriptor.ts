import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form } from '../../kit/form.ts'
import { describeKeys, sortKeySchema } from '../../kit/sort-keys.ts'

const config = z.strictObject({
  keys: z
    .array(sortKeySchema)
    .min(1, 'choose at least one column to sort by')
    .meta(form('Sort by', 'Trier par', { control: 'list' })),
})

export const sortDescriptor = defineModule({
  type: 'transform.sort',
  version: 1,
  family: 'shape',
  title: { en: 'Sort', fr: 'Trier' },
  summary: { en: 'Orders rows by one or more columns.', fr: 'Ordonne les lignes selon une ou plusieurs colonnes.' },
  documentation: {
    en: `Rows that are equal in the first key are ordered by the second, and so on. Empty values come last in both directions, unless \`nulls: first\`.

\`natural\` counts numbers inside texts as numbers (\`file2\` before \`file10\`); \`case_insensitive\` puts \`a\` beside \`A\`; \`language\` sorts texts as that language does (\`e\`, \`é\`, \`f\` in French, \`z\`, \`å\`, \`ä\` in Swedish). Otherwise texts go by their
characters: capitals before small letters, accents last. \`values\` gives an order of one's own (\`low\`, \`medium\`, \`high\`); values that are not listed come after, in their own order. A key may be an \`expression\`
instead of a column. NaN is larger than every number; a negative zero in a key becomes zero, its equal.

Rows that are equal in all keys may come in any order: add a key that tells them apart where it matters.

Filters, selections and formulas after it keep the order; joins and aggregates do not, so sort last, just before a load or a limit.`,
    fr: `Les lignes égales sur la première clé sont ordonnées selon la deuxième, et ainsi de suite. Les valeurs vides viennent à la fin dans les deux
sens, sauf avec \`nulls: first\`.

\`natural\` compte les nombres dans les textes comme des nombres (\`file2\` avant \`file10\`) ; \`case_insensitive\` met \`a\` à côté de \`A\` ; \`language\` trie les textes comme le fait cette langue (\`e\`, \`é\`, \`f\` en français, \`z\`, \`å\`, \`ä\` en suédois). Sinon les textes suivent leurs
caractères : majuscules avant minuscules, accents à la fin. \`values\` donne un ordre à soi (\`bas\`, \`moyen\`, \`haut\`) ; les valeurs absentes viennent après, dans leur propre ordre. Une clé peut être une
\`expression\` au lieu d’une colonne. NaN est plus grand que tout nombre ; un zéro négatif dans une clé devient zéro, son égal.

Les lignes égales sur toutes les clés peuvent venir dans n’importe quel ordre : ajoutez une clé qui les distingue si cela compte.

Les filtres, choix de colonnes et formules qui suivent gardent l’ordre ; les jointures et agrégats non : triez en dernier.`,
  },
  icon: 'sort',
  keywords: [
    'order',
    'ascending',
    'descending',
    'ordre',
    'classer',
    'croissant',
    'collation',
    'alphabetical',
    'custom order',
    'order by',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Sorted rows', fr: 'Lignes triées' } }],
  config,
  defaultConfig: { keys: [{ column: '' }] },
  example: { keys: [{ column: 'revenue', direction: 'desc' }, { column: 'country' }] },
  describe: ({ keys }) => describeKeys(keys),
})
