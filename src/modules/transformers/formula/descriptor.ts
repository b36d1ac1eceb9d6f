import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form } from '../../kit/form.ts'

const config = z.strictObject({
  formulas: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .meta(form('Column', 'Colonne', { placeholder: 'net_price' })),
        expression: z.string().meta(
          form('Expression', 'Expression', {
            control: 'expression',
            port: 'in',
            placeholder: 'price * (1 - discount)',
          }),
        ),
      }),
    )
    .min(1, 'add at least one formula')
    .meta(
      form('Formulas', 'Formules', {
        control: 'list',
        help: {
          en: 'Each makes a column, or replaces the one of its name. Later ones see the results of earlier ones.',
          fr: 'Chacune crée une colonne, ou remplace celle du même nom. Les suivantes voient les résultats des précédentes.',
        },
      }),
    ),
})

export const formulaDescriptor = defineModule({
  type: 'transform.formula',
  version: 1,
  family: 'compute',
  title: { en: 'Formula', fr: 'Formule' },
  summary: {
    en: 'Computes new columns, or replaces existing ones.',
    fr: 'Calcule de nouvelles colonnes, ou en remplace.',
  },
  documentation: {
    en: `Formulas are worked out from top to bottom, and each may use the columns that those above it made. A formula with the name of an existing
column replaces it where it stands and may use its old value: \`price = price * 1.2\`. New columns come last.

Expressions are DuckDB SQL, window functions included (\`sum(amount) OVER (PARTITION BY country)\`); parameters are written \`$name\`. The number
of rows never changes: for totals use Aggregate, and to unnest a list use SQL.`,
    fr: `Les formules se calculent de haut en bas ; chacune peut utiliser les colonnes créées au-dessus. Une formule qui porte le nom d’une colonne la
remplace à sa place et peut utiliser son ancienne valeur : \`prix = prix * 1.2\`. Les nouvelles colonnes viennent à la fin.

Les expressions sont du SQL de DuckDB, fonctions de fenêtre comprises ; les paramètres s’écrivent \`$nom\`. Le nombre de lignes ne change jamais :
pour des totaux, utilisez Agréger ; pour déplier une liste, SQL.`,
  },
  icon: 'formula',
  keywords: [
    'compute',
    'calculate',
    'derive',
    'column',
    'expression',
    'calculer',
    'colonne',
    'dériver',
    'calculated field',
    'custom column',
    'champ calculé',
    'colonne calculée',
    'if',
    'si',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Rows', fr: 'Lignes' } }],
  config,
  defaultConfig: { formulas: [{ name: 'new_column', expression: 'NULL' }] },
  example: {
    formulas: [
      { name: 'net', expression: 'price * (1 - coalesce(discount, 0))' },
      { name: 'gross', expression: 'round(net * 1.2, 2)' },
    ],
  },
  describe: ({ formulas }) => {
    const [first] = formulas
    if (!first) return ''
    if (formulas.length === 1) return `${first.name} = ${first.expression.replaceAll(/\s+/g, ' ').trim()}`
    return formulas.map(({ name }) => name).join(', ')
  },
})
