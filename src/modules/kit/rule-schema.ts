import { z } from 'zod'
import { columnSelectionWhen } from './column-selection.ts'
import { form, option, text } from './form.ts'

const when = (...values: string[]) => ({ visibleWhen: { field: 'check', in: values } })

/** What a rule can say of a value, of several columns together, or of the whole row. */
export const ruleCheckSchema = z.enum([
  'not_null',
  'not_empty',
  'unique',
  'range',
  'set',
  'pattern',
  'length',
  'type',
  'reference',
  'expression',
])
export type Check = z.infer<typeof ruleCheckSchema>

/** One rule about rows. */
export const ruleSchema = z.strictObject({
  check: ruleCheckSchema.meta(
    form('Rule', 'Règle', {
      control: 'select',
      options: [
        option('not_null', 'Is not missing (NULL)', 'N’est pas manquante (NULL)'),
        option('not_empty', 'Is not empty', 'N’est pas vide'),
        option('unique', 'Is unique', 'Est unique'),
        option('range', 'Is within a range', 'Est dans un intervalle'),
        option('set', 'Is one of a list', 'Est dans une liste'),
        option('pattern', 'Matches a pattern', 'Correspond à un motif'),
        option('length', 'Has a length', 'A une longueur'),
        option('type', 'Can be read as a type', 'Se lit comme un type'),
        option('reference', 'Exists in another input', 'Existe dans une autre entrée'),
        option('expression', 'An expression is true', 'Une expression est vraie'),
      ],
    }),
  ),
  ...columnSelectionWhen(
    'check',
    ruleCheckSchema.options.filter((check) => check !== 'expression'),
  ),
  min: z
    .string()
    .optional()
    .meta(form('At least', 'Au moins', { placeholder: '0', ...when('range', 'length') })),
  max: z
    .string()
    .optional()
    .meta(form('At most', 'Au plus', { placeholder: '100', ...when('range', 'length') })),
  values: z
    .array(z.string())
    .default([])
    .meta(form('Allowed values', 'Valeurs permises', { control: 'list', ...when('set') })),
  regex: z
    .string()
    .optional()
    .meta(
      form('Pattern', 'Motif', {
        placeholder: '[A-Z]{2}\\d{6}',
        help: text(
          'A regular expression that the whole text must match.',
          'Une expression régulière à laquelle tout le texte doit correspondre.',
        ),
        ...when('pattern'),
      }),
    ),
  type: z
    .string()
    .optional()
    .meta(form('Type', 'Type', { control: 'type', placeholder: 'DATE', ...when('type') })),
  input: z
    .string()
    .optional()
    .meta(
      form('Input that holds them', 'Entrée qui les contient', {
        placeholder: 'customers',
        help: text('The name of another input of this step.', 'Le nom d’une autre entrée de cette étape.'),
        ...when('reference'),
      }),
    ),
  input_columns: z
    .array(z.string())
    .default([])
    .meta(
      form('Its columns', 'Ses colonnes', {
        control: 'list',
        help: text(
          'As many as the columns above, in their order. Empty: those of the same names.',
          'Autant que les colonnes ci-dessus, dans leur ordre. Vide : celles des mêmes noms.',
        ),
        ...when('reference'),
      }),
    ),
  expression: z
    .string()
    .optional()
    .meta(
      form('Must be true', 'Doit être vraie', {
        control: 'expression',
        port: 'in',
        placeholder: 'shipped >= ordered',
        ...when('expression'),
      }),
    ),
  message: z
    .string()
    .optional()
    .meta(
      form('Reason to give', 'Raison à donner', {
        advanced: true,
        help: text(
          'Instead of the one that is made from the rule.',
          'Au lieu de celle qui est faite à partir de la règle.',
        ),
      }),
    ),
  severity: z
    .enum(['reject', 'warn'])
    .default('reject')
    .meta(
      form('A row that breaks it', 'Une ligne qui l’enfreint', {
        advanced: true,
        options: [
          option('reject', 'Is rejected', 'Est rejetée'),
          option('warn', 'Passes with a warning', 'Passe avec un avertissement'),
        ],
      }),
    ),
})
export type Rule = z.infer<typeof ruleSchema>
