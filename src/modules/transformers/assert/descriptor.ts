import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const when = (...values: string[]) => ({ visibleWhen: { field: 'check', in: values } })
const count = (en: string, fr: string, placeholder: string) =>
  z
    .int()
    .min(0)
    .optional()
    .meta(form(en, fr, { placeholder, ...when('rows') }))

const check = z.strictObject({
  check: z.enum(['rows', 'row', 'table', 'not_null', 'unique']).meta(
    form('What must hold', 'Ce qui doit être vrai', {
      control: 'select',
      options: [
        option('rows', 'The number of rows', 'Le nombre de lignes'),
        option('row', 'An expression, for every row', 'Une expression, pour chaque ligne'),
        option('table', 'An expression, for the whole table', 'Une expression, pour toute la table'),
        option('not_null', 'Columns without missing values', 'Des colonnes sans valeur manquante'),
        option('unique', 'Columns that identify a row', 'Des colonnes qui identifient une ligne'),
      ],
    }),
  ),
  min: count('At least', 'Au moins', '1'),
  max: count('At most', 'Au plus', '1000000'),
  expression: z
    .string()
    .optional()
    .meta(
      form('Must be true', 'Doit être vraie', {
        control: 'expression',
        port: 'in',
        placeholder: 'sum(debit) = sum(credit)',
        ...when('row', 'table'),
      }),
    ),
  columns: z
    .array(z.string())
    .default([])
    .meta(form('Columns', 'Colonnes', { control: 'columns', port: 'in', ...when('not_null', 'unique') })),
  message: z
    .string()
    .optional()
    .meta(form('What to say when it does not', 'Que dire sinon', { advanced: true })),
})
export type AssertCheck = z.infer<typeof check>

const config = z.strictObject({
  checks: z
    .array(check)
    .min(1, 'add at least one check')
    .meta(form('Checks', 'Contrôles', { control: 'list' })),
})

export const assertDescriptor = defineModule({
  type: 'transform.assert',
  version: 1,
  family: 'check',
  title: text('Assert', 'Exiger'),
  summary: text(
    'Lets all rows through, and fails the run when something about them does not hold.',
    'Laisse passer toutes les lignes, et fait échouer l’exécution si une condition n’est pas remplie.',
  ),
  documentation: text(
    `The rows pass unchanged. When a check does not hold, the run fails before anything is written below this step, and says which check, and what
was found instead. To set bad rows apart and go on with the others, use Validate.

- **For every row**: the expression must be TRUE; FALSE and unknown (NULL) fail, and the message shows the first such row that was met.
- **For the whole table**: an expression of aggregates that gives one TRUE: \`sum(debit) = sum(credit)\`, \`max(day) >= current_date - 1\`.
- **The number of rows** also fails on an empty table, where no row could.
- **Columns that identify a row**: no two rows have the same values in them; rows with a NULL there do not count.

What needs the whole table is not checked in a preview that shows a sample of a large source; every run checks all of it.`,
    `Les lignes passent inchangées. Si un contrôle n’est pas respecté, l’exécution échoue avant toute écriture en aval, et dit lequel et ce qui a été
trouvé à la place. Pour mettre à part les mauvaises lignes et continuer avec les autres, utilisez Valider.

- **Pour chaque ligne** : l’expression doit être TRUE ; FALSE et inconnu (NULL) échouent, et le message montre la première ligne rencontrée.
- **Pour toute la table** : une expression d’agrégats qui donne TRUE : \`sum(debit) = sum(credit)\`, \`max(jour) >= current_date - 1\`.
- **Le nombre de lignes** échoue aussi pour une table vide, où aucune ligne ne le pourrait.
- **Des colonnes qui identifient une ligne** : deux lignes n’y ont jamais les mêmes valeurs ; les lignes qui y ont un NULL ne comptent pas.

Ce qui exige toute la table n’est pas contrôlé dans un aperçu qui montre un échantillon d’une grande source ; chaque exécution contrôle tout.`,
  ),
  icon: 'assert',
  keywords: [
    'check',
    'test',
    'fail',
    'stop',
    'expectation',
    'guard',
    'message',
    'contrôle',
    'échouer',
    'arrêter',
    'vérifier',
    'garde',
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { checks: [{ check: 'rows', min: 1 }] },
  example: {
    checks: [
      { check: 'rows', min: 1 },
      { check: 'unique', columns: ['invoice_id'] },
      { check: 'table', expression: 'sum(debit) = sum(credit)', message: 'The books do not balance.' },
    ],
  },
  describe: ({ checks }) => checks.map(checkText).join(' · '),
})

function checkText({ check: kind, min, max, expression, columns }: AssertCheck): string {
  if (kind === 'rows') return `${min ?? 0} ≤ rows${max === undefined ? '' : ` ≤ ${max}`}`
  if (kind === 'not_null' || kind === 'unique') return `${columns.join(', ') || '…'} ${kind.replace('_', ' ')}`
  return expression?.replaceAll(/\s+/g, ' ').trim() || '…'
}
