import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { lineFields } from '../../kit/files/line-fields.ts'
import { outputPathSchema, shortName } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: outputPathSchema('out/letters.txt'),
  template: z
    .string()
    .default('')
    .meta(
      formMeta('Line', 'Ligne', {
        control: 'text',
        placeholder: '{name} owes {total}',
        help: text(
          '{column} is a value, {day:dd/MM/yyyy} a date, {{ and }} are braces.',
          '{colonne} est une valeur, {jour:dd/MM/yyyy} une date, {{ et }} sont des accolades.',
        ),
      }),
    ),
  header: z
    .string()
    .optional()
    .meta(formMeta('First line', 'Première ligne', { control: 'text', advanced: true })),
  footer: z
    .string()
    .optional()
    .meta(formMeta('Last line', 'Dernière ligne', { control: 'text', advanced: true })),
  null_text: z
    .string()
    .default('')
    .meta(formMeta('NULL as', 'NULL écrit', { control: 'text', advanced: true })),
  line_breaks: z
    .enum(['fail', 'replace', 'keep'])
    .default('fail')
    .meta(
      formMeta('Line breaks inside values', 'Sauts de ligne dans les valeurs', {
        control: 'select',
        options: [
          option('fail', 'Fail the run', 'Arrêtent l’exécution'),
          option('replace', 'Become a blank', 'Deviennent une espace'),
          option('keep', 'Are kept', 'Sont gardés'),
        ],
        advanced: true,
      }),
    ),
  ...lineFields,
})
export type TextLoadConfig = z.output<typeof config>

export const textLoadDescriptor = defineModule({
  type: 'load.text',
  version: 1,
  family: 'load',
  title: text('Text lines', 'Lignes de texte'),
  summary: text('Writes one line of text per row.', 'Écrit une ligne de texte par ligne.'),
  documentation: text(
    `Writes one line per row, in the order of the input, from \`template\`: \`{name}\` is the value of a column, \`{day:dd/MM/yyyy}\` a date in a format, \`{{\` and \`}}\` are braces; \`{column}\`
alone writes one column. Without a template the input must have one column only. NULL is nothing, or \`null_text\`. Numbers keep all their digits. A line break inside a value ends the run with
its row, unless \`line_breaks\` says otherwise.

The target is replaced in one step once everything is written. \`append\` adds lines without a second header; it cannot be used with a last line, which would end up in the middle.`,
    `Écrit une ligne par ligne, dans l’ordre de l’entrée, d’après \`template\` : \`{nom}\` est la valeur d’une colonne, \`{jour:dd/MM/yyyy}\` une date dans un format, \`{{\` et \`}}\` sont des
accolades ; \`{colonne}\` seul écrit une colonne. Sans modèle, l’entrée doit n’avoir qu’une colonne. NULL n’écrit rien, ou \`null_text\`. Les nombres gardent tous leurs chiffres. Un saut de ligne
dans une valeur arrête l’exécution avec sa ligne, sauf si \`line_breaks\` en décide autrement.

La cible est remplacée d’un coup une fois tout écrit. \`append\` ajoute des lignes sans second en-tête ; il ne va pas avec une dernière ligne, qui se retrouverait au milieu.`,
  ),
  icon: 'text',
  keywords: ['lines', 'template', 'report', 'log', 'export', 'lignes', 'modèle', 'texte'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.txt' },
  example: { path: 'out/letters.txt', template: '{name} owes {total} since {day:dd/MM/yyyy}', header: 'Debts' },
  describe: (given) => [shortName(given.path), ...(given.template ? [given.template] : []), given.mode].join(' · '),
})
