import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, text } from '../../kit/form.ts'
import { type Rule, ruleSchema } from '../../kit/rule-schema.ts'

const config = z.strictObject({
  rules: z
    .array(ruleSchema)
    .min(1, 'add at least one rule')
    .meta(form('Rules', 'Règles', { control: 'list' })),
})

export const validateDescriptor = defineModule({
  type: 'transform.validate',
  version: 1,
  family: 'check',
  title: text('Validate', 'Valider'),
  summary: text(
    'Checks rows against rules, and sets apart those that break one, with the reasons.',
    'Contrôle les lignes selon des règles et met à part celles qui en enfreignent une, avec les raisons.',
  ),
  documentation: text(
    `A row that keeps all rules leaves by \`pass\`, unchanged. A row that breaks one leaves by \`reject\`, with all its columns and \`_reasons\`: a list with one
text per broken rule and column, naming the column and the value. Each row leaves by exactly one port.

- **A missing value (NULL) breaks only** “is not missing” and “is not empty”, and an expression that is not TRUE because of it. All other rules
  are about the values that are there: add “is not missing” where one is required.
- **Unique** looks at all columns of its rule together, and rejects every row of a repeated key, not just the later ones. A key with a NULL in it is never a repetition.
- **Range** compares as the column's type does: numbers, dates (\`2024-01-31\`), timestamps or texts. NaN is outside of every range.
- **Exists in another input** looks at all its columns together; the other input is any table connected to this step beside \`in\`, by its name.
- **Can be read as a type** is exact: \`1.5\` is not an INTEGER, a time is not a DATE.

A rule that only warns leaves the row in \`pass\`, which then has a column \`_warnings\` with the list of its texts.`,
    `Une ligne qui respecte toutes les règles sort par \`pass\`, inchangée. Une ligne qui en enfreint une sort par \`reject\`, avec toutes ses colonnes et \`_reasons\` :
une liste d’un texte par règle et colonne enfreintes, qui nomme la colonne et la valeur. Chaque ligne sort par un seul port.

- **Une valeur manquante (NULL) n’enfreint que** « n’est pas manquante » et « n’est pas vide », et une expression qui n’est pas TRUE à cause d’elle. Les autres
  règles portent sur les valeurs présentes : ajoutez « n’est pas manquante » là où il en faut une.
- **Est unique** considère ensemble toutes les colonnes de la règle et rejette toutes les lignes d’une clé répétée, pas seulement les suivantes. Une clé qui contient un NULL n’est jamais une répétition.
- **Intervalle** compare selon le type de la colonne : nombres, dates (\`2024-01-31\`), horodatages ou textes. NaN est hors de tout intervalle.
- **Existe dans une autre entrée** considère ensemble ses colonnes ; l’autre entrée est toute table reliée à cette étape en plus de \`in\`, par son nom.
- **Se lit comme un type** est exact : \`1.5\` n’est pas un INTEGER, une heure n’est pas une DATE.

Une règle qui ne fait qu’avertir laisse la ligne dans \`pass\`, qui porte alors une colonne \`_warnings\` avec la liste de ses textes.`,
  ),
  icon: 'validate',
  keywords: [
    'check',
    'quality',
    'rules',
    'expectation',
    'test',
    'null',
    'unique',
    'reference',
    'contrôle',
    'qualité',
    'règles',
    'vérifier',
    'data quality',
    'qualité des données',
  ],
  inputs: [
    { name: 'in', title: text('Rows to check', 'Lignes à contrôler') },
    { name: 'reference', title: text('Reference', 'Référence'), many: true, freeNames: true, optional: true },
  ],
  outputs: [
    { name: 'pass', title: text('Rows that keep all rules', 'Lignes conformes') },
    { name: 'reject', title: text('Rows that break one', 'Lignes non conformes'), reject: true },
  ],
  config,
  defaultConfig: { rules: [{ check: 'not_null', columns: [] }] },
  example: {
    rules: [
      { check: 'not_null', columns: ['order_id', 'customer_id'] },
      { check: 'unique', columns: ['order_id'] },
      { check: 'range', columns: ['total'], min: '0' },
      { check: 'reference', columns: ['customer_id'], input: 'customers' },
      { check: 'expression', expression: 'shipped >= ordered', message: 'shipped before it was ordered' },
    ],
  },
  describe: ({ rules }) => [...new Set(rules.map((each) => ruleText(each)))].join(' · '),
})

function ruleText({ check, columns, pattern, expression }: Rule): string {
  if (check === 'expression') return (expression ?? '').replaceAll(/\s+/g, ' ').trim() || 'expression'
  return `${check.replaceAll('_', ' ')} ${columns.join(', ') || pattern || '…'}`
}
