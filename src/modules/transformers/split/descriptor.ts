import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { onErrorField } from '../../kit/unfit.ts'

const partSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Name', 'Nom', {
        help: text(
          'Without one, the column’s with a number: name_1.',
          'Sans nom, celui de la colonne et un numéro : nom_1.',
        ),
      }),
    ),
  type: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Type', 'Type', {
        control: 'type',
        help: text('Text, unless you choose another.', 'Du texte, sauf autre choix.'),
      }),
    ),
})

const config = z.strictObject({
  column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
  into: z
    .enum(['columns', 'rows'])
    .default('columns')
    .meta(
      form('Into', 'En', { options: [option('columns', 'Columns', 'Colonnes'), option('rows', 'Rows', 'Lignes')] }),
    ),
  by: z
    .enum(['delimiter', 'width', 'separator_pattern', 'groups'])
    .default('delimiter')
    .meta(
      form('By', 'Selon', {
        options: [
          option('delimiter', 'A separator', 'Un séparateur'),
          option('width', 'Fixed widths', 'Des largeurs fixes'),
          option('separator_pattern', 'A separator given as a pattern', 'Un séparateur donné par un motif'),
          option('groups', 'The groups of a pattern', 'Les groupes d’un motif'),
        ],
      }),
    ),
  delimiters: z
    .array(z.string().min(1))
    .default([','])
    .meta(
      form('Separators', 'Séparateurs', {
        control: 'list',
        visibleWhen: { field: 'by', in: ['delimiter'] },
        help: text(
          'Each of them splits; a longer one goes before a shorter.',
          'Chacun sépare ; un plus long passe avant un plus court.',
        ),
      }),
    ),
  widths: z
    .array(z.number().int().min(1))
    .default([])
    .meta(
      form('Widths', 'Largeurs', {
        control: 'list',
        visibleWhen: { field: 'by', in: ['width'] },
        help: text('In characters, from the start: 3, 2, 4.', 'En caractères, depuis le début : 3, 2, 4.'),
      }),
    ),
  pattern: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Pattern', 'Motif', {
        visibleWhen: { field: 'by', in: ['separator_pattern', 'groups'] },
        placeholder: '(?<year>\\d{4})-(?<month>\\d\\d)',
      }),
    ),
  parts: z
    .array(partSchema)
    .default([])
    .meta(form('New columns', 'Nouvelles colonnes', { control: 'list' })),
  count: z
    .number()
    .int()
    .min(1)
    .max(500)
    .optional()
    .meta(
      form('How many columns', 'Combien de colonnes', {
        help: text('When they are not listed above.', 'Quand elles ne sont pas listées ci-dessus.'),
        visibleWhen: { field: 'into', in: ['columns'] },
      }),
    ),
  count_from: z
    .enum(['start', 'end'])
    .default('start')
    .meta(
      form('Count the parts from', 'Compter les parties depuis', {
        advanced: true,
        visibleWhen: { field: 'into', in: ['columns'] },
        options: [option('start', 'The left', 'La gauche'), option('end', 'The right', 'La droite')],
        help: text(
          'From the right, the last part is in the last column, and what is left over is in the first.',
          'Depuis la droite, la dernière partie va dans la dernière colonne, et ce qui reste dans la première.',
        ),
      }),
    ),
  rest: z
    .enum(['last', 'drop', 'error'])
    .default('last')
    .meta(
      form('When there is more', 'Quand il y en a plus', {
        visibleWhen: { field: 'into', in: ['columns'] },
        options: [
          option('last', 'The last one takes the rest', 'La dernière prend le reste'),
          option('drop', 'Drop it', 'Le retirer'),
          option('error', 'It is an error', 'C’est une erreur'),
        ],
      }),
    ),
  trim: z
    .boolean()
    .default(true)
    .meta(form('Trim each part', 'Retirer les blancs aux bords de chaque partie', { advanced: true })),
  empty_is_null: z
    .boolean()
    .default(true)
    .meta(form('Empty parts are NULL', 'Les parties vides sont NULL', { advanced: true })),
  skip_empty: z
    .boolean()
    .default(false)
    .meta(
      form('Skip empty parts', 'Passer les parties vides', {
        advanced: true,
        help: text('As if separators in a row were one.', 'Comme si des séparateurs à la suite n’en faisaient qu’un.'),
      }),
    ),
  protect: z
    .array(z.enum(['double_quotes', 'single_quotes', 'parentheses', 'brackets', 'braces']))
    .default([])
    .meta(
      form('Do not split inside', 'Ne pas découper entre', {
        control: 'choices',
        advanced: true,
        visibleWhen: { field: 'by', in: ['delimiter', 'separator_pattern'] },
        options: [
          option('double_quotes', 'Double quotes "…"', 'Guillemets doubles "…"'),
          option('single_quotes', "Single quotes '…'", "Apostrophes '…'"),
          option('parentheses', 'Parentheses (…)', 'Parenthèses (…)'),
          option('brackets', 'Brackets […]', 'Crochets […]'),
          option('braces', 'Braces {…}', 'Accolades {…}'),
        ],
      }),
    ),
  unquote: z
    .boolean()
    .default(false)
    .meta(
      form('Take the quotes off parts', 'Retirer les guillemets autour des parties', {
        advanced: true,
        visibleWhen: { field: 'by', in: ['delimiter', 'separator_pattern'] },
        help: text('"New York" becomes New York.', '"New York" devient New York.'),
      }),
    ),
  position: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Number the parts in a column', 'Numéroter les parties dans une colonne', {
        advanced: true,
        placeholder: 'position',
        visibleWhen: { field: 'into', in: ['rows'] },
      }),
    ),
  keep_original: z
    .boolean()
    .default(false)
    .meta(form('Keep the column itself', 'Garder la colonne d’origine', {})),
  on_error: onErrorField(text('When a text does not split so', 'Quand un texte ne se découpe pas ainsi'), {
    advanced: true,
  }),
})
export type SplitConfig = z.output<typeof config>

export const splitDescriptor = defineModule({
  type: 'transform.split',
  version: 1,
  family: 'clean',
  title: { en: 'Split column', fr: 'Découper une colonne' },
  summary: {
    en: 'Cuts the texts of a column into several columns or rows.',
    fr: 'Découpe les textes d’une colonne en plusieurs colonnes ou lignes.',
  },
  documentation: {
    en: `**By** one or several separators, fixed widths (in characters; an accent written by itself counts), a separator given as a regular expression (RE2), or the groups of
one: \`(?<year>\\d{4})-(?<month>\\d\\d)\` makes the columns year and month of the first place where it matches.

**Into columns**: list them in \`parts\` with names and types, or say how many (\`count\`); widths and groups say it themselves. They come last, in the place of
nothing; the column itself leaves unless \`keep_original\`. Missing parts are NULL. When there are more, the last column takes all that is left with its separators, or
it is dropped, or an error (\`rest\`).

**Into rows**: one row per part, with the other columns repeated, in order; \`position\` numbers them from 1. The first of \`parts\` gives name and type; without it the parts stay
in the column, in its place. A row whose text is NULL or has no part stays once, with NULL.

**From the right** (\`count_from: end\`): the last part is in the last column; missing parts are NULL on the left, and what is left over goes to the first column or is dropped: \`a/b/c\`
in two columns is \`a/b\` and \`c\`. For separators only.

**Do not split inside** quotes or brackets (\`protect\`): a separator there is text. A doubled quote is a quote within the text; one that is never closed protects nothing, and brackets within brackets of the
same kind protect up to the first that closes. \`unquote\` takes the quotes off a part that is all in double quotes, or single ones if these protect.

Parts are trimmed, and empty ones NULL, unless told otherwise; with \`skip_empty\` they do not count at all. A part that does not fit its type, a text that the groups
do not match, and too many parts with \`rest: error\` stop the run, give NULL, or send the row to \`reject\` with \`_column\` and \`_reason\`, as \`on_error\` says. NULL
splits into NULLs.`,
    fr: `**Selon** un ou plusieurs séparateurs, des largeurs fixes (en caractères ; un accent écrit à part compte), un séparateur donné par une expression régulière (RE2), ou les
groupes d’une telle : \`(?<annee>\\d{4})-(?<mois>\\d\\d)\` donne les colonnes annee et mois du premier endroit où elle correspond.

**En colonnes** : listez-les dans \`parts\` avec noms et types, ou dites combien (\`count\`) ; largeurs et groupes le disent d’eux-mêmes. Elles viennent à la fin ; la colonne
d’origine part, sauf avec \`keep_original\`. Les parties qui manquent sont NULL. S’il y en a plus, la dernière colonne prend tout le reste avec ses séparateurs, ou il
est retiré, ou c’est une erreur (\`rest\`).

**En lignes** : une ligne par partie, les autres colonnes répétées, dans l’ordre ; \`position\` les numérote à partir de 1. Le premier élément de \`parts\` donne nom et type ; sans
lui, les parties restent dans la colonne, à sa place. Une ligne dont le texte est NULL ou sans partie reste une fois, avec NULL.

**Depuis la droite** (\`count_from: end\`) : la dernière partie va dans la dernière colonne ; les parties qui manquent sont NULL à gauche, et le surplus va dans la première colonne ou est
retiré : \`a/b/c\` en deux colonnes donne \`a/b\` et \`c\`. Pour des séparateurs seulement.

**Ne pas découper entre** guillemets ou parenthèses (\`protect\`) : un séparateur y est du texte. Un guillemet doublé en est un dans le texte ; un guillemet jamais fermé ne protège rien, et des
parenthèses dans des parenthèses du même genre protègent jusqu’à la première qui ferme. \`unquote\` retire les guillemets d’une partie toute entre guillemets doubles, ou simples s’ils protègent.

Les parties perdent leurs blancs aux bords, et vides elles sont NULL, sauf avis contraire ; avec \`skip_empty\` elles ne comptent pas. Une partie qui ne tient pas dans son
type, un texte auquel les groupes ne correspondent pas, ou trop de parties avec \`rest: error\` arrêtent l’exécution, donnent NULL ou envoient la ligne vers \`reject\`, avec
\`_column\` et \`_reason\`, selon \`on_error\`. NULL donne des NULL.`,
  },
  icon: 'split',
  keywords: [
    ...[
      'text to columns',
      'tokenize',
      'delimiter',
      'separate',
      'cell splitter',
      'split to rows',
      'fixed width',
      'parse',
      'Text To Columns',
      'Split Column',
    ],
    ...['découper', 'séparer', 'fractionner', 'convertir', 'délimiteur', 'largeur'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Split rows', fr: 'Lignes découpées' } },
    {
      name: 'reject',
      title: { en: 'Rows that do not split so', fr: 'Lignes qui ne se découpent pas ainsi' },
      reject: true,
    },
  ],
  config,
  defaultConfig: { column: '', count: 2 },
  example: {
    column: 'full_name',
    delimiters: [' '],
    parts: [{ name: 'first_name' }, { name: 'last_name' }],
  },
  describe: ({ column, by, delimiters, widths, pattern, into }) => {
    const how =
      by === 'delimiter'
        ? delimiters.map((each) => `“${each}”`).join(' ')
        : by === 'width'
          ? widths.join(', ')
          : (pattern ?? '')
    return `${column || '…'} by ${how.slice(0, 40).replaceAll(/\s+/g, ' ')} into ${into}`
  },
})
