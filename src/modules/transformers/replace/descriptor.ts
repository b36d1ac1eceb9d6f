import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'

const ruleSchema = z.strictObject({
  ...columnSelectionFields,
  find: z.string().min(1).meta(form('Find', 'Chercher')),
  replace: z
    .string()
    .default('')
    .meta(
      form('Replace by', 'Remplacer par', {
        help: text(
          'Nothing takes it away. With a regular expression $1 or \\1 is its first group, $0 the whole match.',
          'Rien le retire. Avec une expression régulière, $1 ou \\1 est son premier groupe, $0 tout ce qui est trouvé.',
        ),
      }),
    ),
  regex: z.boolean().default(false).meta(form('Regular expression', 'Expression régulière')),
  where: z
    .enum(['anywhere', 'word', 'cell', 'start', 'end'])
    .default('anywhere')
    .meta(
      form('Where', 'Où', {
        advanced: true,
        options: [
          option('anywhere', 'Anywhere', 'Partout'),
          option('word', 'Whole words only', 'Mots entiers seulement'),
          option('cell', 'The whole value', 'La valeur entière'),
          option('start', 'At its start', 'À son début'),
          option('end', 'At its end', 'À sa fin'),
        ],
      }),
    ),
  occurrences: z
    .enum(['all', 'first'])
    .default('all')
    .meta(
      form('How often', 'Combien de fois', {
        advanced: true,
        visibleWhen: { field: 'where', in: ['anywhere', 'word'] },
        options: [option('all', 'Each time', 'Chaque fois'), option('first', 'The first time', 'La première fois')],
      }),
    ),
  case_insensitive: z
    .boolean()
    .default(false)
    .meta(form('Ignore upper and lower case', 'Ignorer la casse', { advanced: true })),
})
export type ReplaceRule = z.output<typeof ruleSchema>

const config = z.strictObject({
  rules: z
    .array(ruleSchema)
    .min(1, 'add at least one replacement')
    .meta(
      form('Replacements', 'Remplacements', {
        control: 'list',
        help: text(
          'From top to bottom: each sees what those above it made.',
          'De haut en bas : chacun voit ce que les précédents ont fait.',
        ),
      }),
    ),
})

export const replaceDescriptor = defineModule({
  type: 'transform.replace',
  version: 1,
  family: 'clean',
  title: { en: 'Find and replace', fr: 'Chercher et remplacer' },
  summary: {
    en: 'Replaces parts of texts, plain or by regular expression.',
    fr: 'Remplace des parties de textes, telles quelles ou par expression régulière.',
  },
  documentation: {
    en: `Rules are applied from top to bottom to the texts of the columns that each names. NULL stays NULL; nothing else changes, and rows keep their order.

Plain text stands for itself, dots and brackets included. A **regular expression** is RE2's: no look-around and no references back in the pattern. \`^\` and \`$\` are the ends
of the whole text, \`\\d\`, \`\\w\` and \`\\b\` know ASCII only (\`\\pL\` is any letter, \`\\p{Nd}\` any digit), and \`.\` is no line end unless the pattern starts with \`(?s)\`.
In the replacement \`$1\` or \`\\1\` is a group, \`$0\` the whole match, \`$$\` a dollar. A group that took no part is empty.

\`where: word\` finds plain text only where no letter, digit or underscore stands right before or after it: \`cat\` is in “the cat's” and not in “category”, accents and other scripts
included. \`where: cell\` replaces values that match as a whole, and only those: to recode a list of values use Map values. \`case_insensitive\` ignores the case of letters beyond ASCII too.`,
    fr: `Les règles s’appliquent de haut en bas aux textes des colonnes que chacune nomme. NULL reste NULL ; rien d’autre ne change, et les lignes gardent leur ordre.

Un texte simple vaut pour lui-même, points et parenthèses compris. Une **expression régulière** est celle de RE2 : ni regard autour, ni renvoi dans le motif. \`^\` et \`$\` sont les
bouts de tout le texte, \`\\d\`, \`\\w\` et \`\\b\` ne connaissent que l’ASCII (\`\\pL\` est toute lettre, \`\\p{Nd}\` tout chiffre), et \`.\` n’est pas une fin de ligne, sauf si le
motif commence par \`(?s)\`. Dans le remplacement, \`$1\` ou \`\\1\` est un groupe, \`$0\` tout ce qui est trouvé, \`$$\` un dollar. Un groupe qui n’a pas pris part est vide.

\`where: word\` ne trouve un texte simple que là où aucune lettre, aucun chiffre ni souligné ne le touche : \`art\` est dans « l’art » et non dans « article », accents et autres
écritures compris. \`where: cell\` remplace les valeurs qui correspondent en entier, et elles seules : pour recoder une liste, utilisez Remplacer des valeurs. \`case_insensitive\` ignore aussi la casse hors ASCII.`,
  },
  icon: 'replace',
  keywords: [
    ...[
      'find',
      'substitute',
      'regex',
      'regexp',
      'regular expression',
      'string replacer',
      'Find Replace',
      'whole word',
      'RegEx',
      'Replace Values',
    ],
    ...['chercher', 'remplacer', 'substituer', 'mot entier', 'expression régulière', 'SUBSTITUE'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Rows', fr: 'Lignes' } }],
  config,
  defaultConfig: { rules: [{ kinds: ['text'], find: '', replace: '' }] },
  example: {
    rules: [
      { columns: ['street'], find: 'Str.', replace: 'Straße', where: 'end' },
      { columns: ['street'], find: 'St', replace: 'Saint', where: 'word' },
      { columns: ['name'], find: '^(\\w+), (\\w+)$', replace: '$2 $1', regex: true },
      { kinds: ['text'], find: '\u2019', replace: "'" },
    ],
  },
  describe: ({ rules }) => {
    const shown = rules.slice(0, 3).map(({ find, replace }) => `“${oneLine(find)}” → “${oneLine(replace)}”`)
    return shown.join(' · ') + (rules.length > 3 ? ` · +${rules.length - 3}` : '')
  },
})

const oneLine = (value: string): string => value.slice(0, 24).replaceAll(/\s+/g, ' ')
