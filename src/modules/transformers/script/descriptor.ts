import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  mode: z
    .enum(['row', 'batch'])
    .default('row')
    .meta(
      form('Runs for', 'S’exécute pour', {
        options: [
          option('row', 'Each row', 'Chaque ligne'),
          option('batch', 'Several rows at once', 'Plusieurs lignes à la fois'),
        ],
      }),
    ),
  code: z
    .string()
    .min(1, 'write the script')
    .meta(
      form('JavaScript', 'JavaScript', {
        control: 'code',
        placeholder: 'return { initials: row.first[0] + row.last[0] }',
        help: text(
          'The body of a function. It is given row (or rows) and returns an object, a list of objects, or nothing.',
          'Le corps d’une fonction. Il reçoit row (ou rows) et renvoie un objet, une liste d’objets, ou rien.',
        ),
      }),
    ),
  columns: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1, 'name the column')
          .meta(form('Column', 'Colonne', { placeholder: 'initials' })),
        type: z
          .string()
          .default('VARCHAR')
          .meta(form('Type', 'Type', { control: 'type' })),
      }),
    )
    .min(1, 'say which columns the script gives')
    .meta(form('Columns that it gives', 'Colonnes produites', { control: 'list' })),
  keep: z
    .boolean()
    .default(true)
    .meta(
      form('Keep the columns of the input', 'Garder les colonnes de l’entrée', {
        visibleWhen: { field: 'mode', in: ['row'] },
      }),
    ),
  on_error: z
    .enum(['fail', 'reject'])
    .default('fail')
    .meta(
      form('A row for which it fails', 'Une ligne pour laquelle il échoue', {
        visibleWhen: { field: 'mode', in: ['row'] },
        options: [
          option('fail', 'Fails the run', 'Fait échouer l’exécution'),
          option('reject', 'Is rejected', 'Est rejetée'),
        ],
      }),
    ),
  numbers: z
    .enum(['number', 'text'])
    .default('number')
    .meta(
      form('Numbers of more than 15 digits', 'Nombres de plus de 15 chiffres', {
        advanced: true,
        help: text('JavaScript’s numbers cannot hold them.', 'Les nombres de JavaScript ne peuvent pas les contenir.'),
        options: [
          option('number', 'Are an error', 'Sont une erreur'),
          option(
            'text',
            'All whole and decimal numbers come as texts',
            'Tous les nombres entiers et décimaux arrivent en texte',
          ),
        ],
      }),
    ),
  batch_rows: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .meta(form('Rows at once', 'Lignes à la fois', { advanced: true })),
  seconds: z
    .number()
    .min(0.1)
    .max(600)
    .default(10)
    .meta(
      form('Time limit for so many rows, in seconds', 'Limite de temps pour ces lignes, en secondes', {
        advanced: true,
      }),
    ),
  memory_mb: z
    .int()
    .min(4)
    .max(2_000)
    .default(128)
    .meta(form('Memory limit, in MB', 'Limite de mémoire, en Mo', { advanced: true })),
})
export type ScriptConfig = z.output<typeof config>

export const scriptDescriptor = defineModule({
  type: 'transform.script',
  version: 1,
  family: 'route',
  title: text('Script', 'Script'),
  summary: text(
    'Computes rows in JavaScript, in a sandbox without network or files.',
    'Calcule des lignes en JavaScript, dans un bac à sable sans réseau ni fichiers.',
  ),
  documentation: text(
    `For what SQL cannot say well: parsing by hand, state from row to row, an algorithm. Formula is many times faster where an expression is enough.

The script is the body of a function. **For each row** it gets \`row\`, an object of the columns, and \`index\`, from 0. An object that it returns is a row of the
result, a list is as many rows, nothing (\`null\`, \`undefined\`) is none. With “keep the columns” its values are put behind those of the input, or in their place
where they have the same name. **For several rows** it gets \`rows\`, a list, and returns a list. What stands in global variables (\`globalThis.seen\`) stays from call to call; the
rows come in no particular order unless a Sort stands before.

What comes in: texts, dates and times as texts (\`2024-01-31\`, \`2024-01-31 10:00:00\`), numbers as numbers, BOOLEAN as \`true\` and \`false\`, nested values as lists and objects, NULL as \`null\`.
A number that JavaScript cannot hold exactly is an error, or choose texts. What goes out must be exactly of the type of its column: \`0.1 + 0.2\` is no DECIMAL(9,2), since it has seventeen
decimals; round it. A property that is missing is NULL, one that no column is named after is ignored.

A row for which the script throws, or gives a value that does not fit, fails the run, or leaves by \`reject\` with \`_reason\`. A batch that takes too long or too much memory
always fails. There is no network, no file, no clock of the machine’s time zone and no timer. Previews run the script over the first rows only.`,
    `Pour ce que SQL dit mal : analyse à la main, état d’une ligne à l’autre, un algorithme. Formule est bien plus rapide là où une expression suffit.

Le script est le corps d’une fonction. **Pour chaque ligne**, il reçoit \`row\`, un objet des colonnes, et \`index\`, à partir de 0. L’objet qu’il renvoie est une ligne du
résultat, une liste en donne autant, rien (\`null\`, \`undefined\`) n’en donne aucune. Avec « garder les colonnes », ses valeurs se placent derrière celles de l’entrée, ou à leur place
si elles portent le même nom. **Pour plusieurs lignes**, il reçoit \`rows\`, une liste, et renvoie une liste. Ce qui est dans des variables globales (\`globalThis.vu\`) reste d’un appel à l’autre ; les
lignes arrivent sans ordre particulier, sauf après un Tri.

Ce qui entre : textes, dates et heures comme textes (\`2024-01-31\`, \`2024-01-31 10:00:00\`), nombres comme nombres, BOOLEAN comme \`true\` et \`false\`, valeurs imbriquées comme listes et objets, NULL comme \`null\`.
Un nombre que JavaScript ne peut contenir exactement est une erreur, ou choisissez des textes. Ce qui sort doit être exactement du type de sa colonne : \`0.1 + 0.2\` n’est pas un DECIMAL(9,2), avec ses dix-sept
décimales ; arrondissez. Une propriété absente vaut NULL, une propriété sans colonne est ignorée.

Une ligne pour laquelle le script lève une erreur, ou donne une valeur qui ne convient pas, fait échouer l’exécution, ou sort par \`reject\` avec \`_reason\`. Un lot trop long ou trop gourmand
échoue toujours. Il n’y a ni réseau, ni fichier, ni fuseau horaire de la machine, ni minuterie. Les aperçus n’exécutent le script que sur les premières lignes.`,
  ),
  icon: 'script',
  keywords: ['javascript', 'code', 'python', 'r', 'function', 'snippet', 'custom', 'programme', 'fonction'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [
    { name: 'out', title: text('Rows', 'Lignes') },
    { name: 'reject', title: text('Rejected rows', 'Lignes rejetées'), reject: true },
  ],
  config,
  defaultConfig: { code: 'return { result: null }', columns: [{ name: 'result', type: 'VARCHAR' }] },
  example: {
    code: "const [first, ...rest] = row.name.split(' ')\nreturn { first, last: rest.join(' ') }",
    columns: [
      { name: 'first', type: 'VARCHAR' },
      { name: 'last', type: 'VARCHAR' },
    ],
  },
  describe: ({ columns }) => columns.map(({ name }) => name).join(', '),
})
