import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { comparisonSchema } from '../../kit/comparison.ts'
import { form, option, text } from '../../kit/form.ts'

const resultFields = {
  result: z
    .enum(['value', 'column', 'expression', 'empty'])
    .default('value')
    .meta(
      form('Result', 'Résultat', {
        options: [
          option('value', 'A value', 'Une valeur'),
          option('column', 'The value of a column', 'La valeur d’une colonne'),
          option('expression', 'An expression', 'Une expression'),
          option('empty', 'Empty', 'Vide'),
        ],
      }),
    ),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .meta(form('Value', 'Valeur', { control: 'text', visibleWhen: { field: 'result', in: ['value'] } })),
  column: z
    .string()
    .optional()
    .meta(
      form('Column', 'Colonne', { control: 'column', port: 'in', visibleWhen: { field: 'result', in: ['column'] } }),
    ),
  expression: z
    .string()
    .optional()
    .meta(
      form('Expression', 'Expression', {
        control: 'expression',
        port: 'in',
        visibleWhen: { field: 'result', in: ['expression'] },
      }),
    ),
}
const resultSchema = z.strictObject(resultFields)
export type Result = z.output<typeof resultSchema>

const ruleSchema = z.strictObject({
  when: z
    .array(comparisonSchema)
    .default([])
    .meta(form('When', 'Quand', { control: 'list' })),
  match: z
    .enum(['all', 'any'])
    .default('all')
    .meta(
      form('These tests', 'Ces tests', {
        advanced: true,
        options: [
          option('all', 'All must be true', 'Tous doivent être vrais'),
          option('any', 'One is enough', 'Un seul suffit'),
        ],
      }),
    ),
  condition: z
    .string()
    .optional()
    .meta(
      form('Or when this is true', 'Ou quand ceci est vrai', {
        control: 'expression',
        port: 'in',
        advanced: true,
        placeholder: 'amount > 2 * average',
        help: text(
          'An expression; together with the tests, it is one more of them.',
          'Une expression ; avec les tests, elle en est un de plus.',
        ),
      }),
    ),
  ...resultFields,
})
export type Rule = z.output<typeof ruleSchema>

const config = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta(
      form('Column to make', 'Colonne à créer', {
        help: text('An existing name replaces that column.', 'Un nom existant remplace cette colonne.'),
      }),
    ),
  rules: z
    .array(ruleSchema)
    .min(1, 'add at least one rule')
    .meta(
      form('Rules', 'Règles', {
        control: 'list',
        help: text(
          'From top to bottom: the first that is true decides.',
          'De haut en bas : la première qui est vraie décide.',
        ),
      }),
    ),
  otherwise: resultSchema.default({ result: 'empty' }).meta(form('Otherwise', 'Sinon', { control: 'group' })),
  type: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Type of the result', 'Type du résultat', {
        control: 'type',
        advanced: true,
        help: text(
          'Without one, the type that all results have in common; values between quotes or typed as texts are texts.',
          'Sans lui, le type commun à tous les résultats ; les valeurs saisies comme textes sont des textes.',
        ),
      }),
    ),
  on_error: z
    .enum(['fail', 'null'])
    .default('fail')
    .meta(
      form('When a result does not fit that type', 'Quand un résultat ne convient pas à ce type', {
        advanced: true,
        options: [
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
          option('null', 'Leave it empty', 'Le laisser vide'),
        ],
      }),
    ),
})
export type ConditionConfig = z.output<typeof config>

export const conditionDescriptor = defineModule({
  type: 'transform.condition',
  version: 1,
  family: 'compute',
  title: text('Conditional column', 'Colonne conditionnelle'),
  summary: text(
    'Gives each row the result of the first rule that is true.',
    'Donne à chaque ligne le résultat de la première règle vraie.',
  ),
  documentation: text(
    `Rules are tried from top to bottom; the first that holds decides, and \`otherwise\` decides where none does. A rule holds when \`all\` (or \`any\`) of its
tests hold; \`condition\`, an expression that is true or false, is one more test.

**Empty values** pass no test but “is empty” and “is empty or blank”: where \`country\` is empty, neither “is FR” nor “is not FR” holds. Texts are compared
exactly unless \`ignore_case\`; numbers are never rounded to compare them. A NaN equals itself and is the largest number, as everywhere in DuckDB.

**Results** are a value, a column, an expression or empty. All must have one type in common that holds each of them exactly: an INTEGER and a BIGINT give a
BIGINT; a text and a number have none, nor have a BIGINT and a DOUBLE, and the step says so. \`type\` settles it: every result is then
converted exactly, and a value that does not fit stops the run or is left empty (\`on_error\`). The type of an expression must fit as it is: cast it there.

A text in quotes or typed into the form is a text; a number in the pipeline file is a number. All rows stay, in their order.`,
    `Les règles sont essayées de haut en bas ; la première qui tient décide, et \`otherwise\` quand aucune ne tient. Une règle tient quand tous ses tests (\`all\`)
ou un seul (\`any\`) tiennent ; \`condition\`, une expression vraie ou fausse, est un test de plus.

**Les valeurs vides** ne passent aucun test, sauf « est vide » et « est vide ou blanc » : quand \`country\` est vide, ni « est FR » ni « n’est pas FR » ne tient. Les textes
se comparent exactement, sauf \`ignore_case\` ; les nombres ne sont jamais arrondis pour être comparés.

**Les résultats** sont une valeur, une colonne, une expression ou rien. Tous doivent avoir un type commun qui les contient exactement : INTEGER et BIGINT donnent
BIGINT ; un texte et un nombre n’en ont pas, ni un BIGINT et un DOUBLE, et l’étape le dit. \`type\` tranche : chaque résultat est alors converti
exactement, et une valeur qui ne tient pas arrête l’exécution ou reste vide (\`on_error\`). Le type d’une expression doit convenir tel quel.

Toutes les lignes restent, dans leur ordre.`,
  ),
  icon: 'condition',
  keywords: [
    ...['case', 'when', 'if', 'else', 'rule engine', 'conditional', 'switch', 'iif', 'decision'],
    ...['si', 'sinon', 'règle', 'condition', 'conditionnelle'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: {
    name: 'result',
    rules: [{ when: [{ column: '', operator: 'equals' }], result: 'value' }],
    otherwise: { result: 'empty' },
  },
  example: {
    name: 'segment',
    rules: [
      {
        when: [
          { column: 'revenue', operator: 'greater_or_equal', value: 10000 },
          { column: 'country', operator: 'in', values: ['FR', 'BE', 'CH'] },
        ],
        value: 'key account',
      },
      { when: [{ column: 'revenue', operator: 'is_empty' }], value: 'prospect' },
    ],
    otherwise: { result: 'value', value: 'standard' },
  },
  describe: ({ name, rules }) => `${name.slice(0, 60)} · ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`,
})
