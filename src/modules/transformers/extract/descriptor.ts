import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { onErrorField } from '../../kit/unfit.ts'

const config = z.strictObject({
  column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
  what: z
    .enum([
      'pattern',
      'number',
      'whole_number',
      'email',
      'url',
      'iso_date',
      'date',
      'time',
      'ip',
      'uuid',
      'hashtag',
      'mention',
    ])
    .default('pattern')
    .meta(
      form('Find', 'Chercher', {
        options: [
          option('pattern', 'A pattern', 'Un motif'),
          option('number', 'Numbers', 'Des nombres'),
          option('whole_number', 'Whole numbers', 'Des nombres entiers'),
          option('email', 'E-mail addresses', 'Des adresses e-mail'),
          option('url', 'Web addresses', 'Des adresses web'),
          option('iso_date', 'Dates such as 2024-01-31', 'Des dates comme 2024-01-31'),
          option('date', 'Dates such as 31/01/2024', 'Des dates comme 31/01/2024'),
          option('time', 'Times such as 10:30', 'Des heures comme 10:30'),
          option('ip', 'IPv4 addresses', 'Des adresses IPv4'),
          option('uuid', 'UUIDs', 'Des UUID'),
          option('hashtag', '#words', 'Des #mots'),
          option('mention', '@names', 'Des @noms'),
        ],
      }),
    ),
  pattern: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Pattern', 'Motif', {
        placeholder: '(?<code>[A-Z]{2})-(?<number>\\d+)',
        visibleWhen: { field: 'what', in: ['pattern'] },
        help: text(
          'A regular expression. With groups, what they hold is taken.',
          'Une expression régulière. Avec des groupes, on prend ce qu’ils contiennent.',
        ),
      }),
    ),
  case_insensitive: z
    .boolean()
    .default(false)
    .meta(
      form('Ignore upper and lower case', 'Ignorer la casse', {
        advanced: true,
        visibleWhen: { field: 'what', in: ['pattern'] },
      }),
    ),
  matches: z
    .enum(['first', 'last', 'list', 'rows', 'count'])
    .default('first')
    .meta(
      form('Take', 'Prendre', {
        options: [
          option('first', 'The first match', 'La première correspondance'),
          option('last', 'The last match', 'La dernière'),
          option('list', 'All, as a list', 'Toutes, en liste'),
          option('rows', 'All, as rows', 'Toutes, en lignes'),
          option('count', 'How many there are', 'Leur nombre'),
        ],
      }),
    ),
  names: z
    .array(z.string().min(1))
    .default([])
    .meta(
      form('New columns', 'Nouvelles colonnes', {
        control: 'list',
        help: text(
          'One per group. Without them, the groups’ own names, or the column’s with a number.',
          'Une par groupe. Sinon les noms des groupes, ou celui de la colonne et un numéro.',
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
        advanced: true,
        help: text('Text, unless you choose another.', 'Du texte, sauf autre choix.'),
        visibleWhen: { field: 'matches', in: ['first', 'last', 'rows'] },
      }),
    ),
  no_match: z
    .enum(['null', 'error'])
    .default('null')
    .meta(
      form('A text without a match', 'Un texte sans correspondance', {
        advanced: true,
        options: [option('null', 'Gives NULL', 'Donne NULL'), option('error', 'Is an error', 'Est une erreur')],
      }),
    ),
  keep_original: z
    .boolean()
    .default(true)
    .meta(form('Keep the column itself', 'Garder la colonne d’origine', { advanced: true })),
  on_error: onErrorField(
    text(
      'When there is no match, or it does not fit the type',
      'Sans correspondance, ou si elle ne convient pas au type',
    ),
    { advanced: true },
  ),
})
export type ExtractConfig = z.output<typeof config>

export const extractDescriptor = defineModule({
  type: 'transform.extract',
  version: 1,
  family: 'clean',
  title: { en: 'Extract from text', fr: 'Extraire d’un texte' },
  summary: {
    en: 'Takes what matches a pattern out of texts: numbers, addresses, codes.',
    fr: 'Prend dans des textes ce qui correspond à un motif : nombres, adresses, codes.',
  },
  documentation: {
    en: `Finds numbers, addresses, dates … or a regular expression of your own (RE2: no look-around, no references back) in the texts of a column, and takes the first match, the last, all of
them as a list, one row per match, or their number.

A pattern **without groups** gives the whole match; **with groups**, a column for each: \`(?<code>[A-Z]+)-(?<number>\\d+)\` makes the columns code and number. New columns come last;
the column itself stays unless \`keep_original: false\`.

A text without a match gives NULL (an empty list, the number 0), or is an error with \`no_match: error\`; NULL gives NULL. A group that took no part in a match is NULL;
an empty text becomes NULL where a \`type\` is not text. With rows, a row without a match stays once, with NULL. Errors (no match, or a match that does not fit the type)
stop the run, give NULL, or send the row to \`reject\` with \`_column\` and \`_reason\`, as \`on_error\` says.

What is found looks like a number, an address or a date; that it is one is not checked: use Clean for that. Numbers are taken with point and comma as they stand in the text
(\`1,234.50\`); 31/01/2024 is found whatever its order is.`,
    fr: `Cherche des nombres, des adresses, des dates… ou votre propre expression régulière (RE2 : ni regard autour, ni renvoi) dans les textes d’une colonne, et prend la première
correspondance, la dernière, toutes en liste, une ligne pour chacune, ou leur nombre.

Un motif **sans groupe** donne toute la correspondance ; **avec des groupes**, une colonne pour chacun : \`(?<code>[A-Z]+)-(?<numero>\\d+)\` fait les colonnes code et numero. Les
nouvelles colonnes viennent à la fin ; la colonne d’origine reste, sauf \`keep_original: false\`.

Un texte sans correspondance donne NULL (une liste vide, le nombre 0), ou est une erreur avec \`no_match: error\` ; NULL donne NULL. Un groupe qui n’a pas pris part est NULL ;
un texte vide devient NULL si le \`type\` n’est pas du texte. En lignes, une ligne sans correspondance reste une fois, avec NULL. Les erreurs arrêtent l’exécution, donnent NULL
ou envoient la ligne vers \`reject\`, avec \`_column\` et \`_reason\`, selon \`on_error\`.

Ce qui est trouvé ressemble à un nombre, une adresse ou une date ; que c’en soit un n’est pas vérifié : pour cela, Nettoyer. Les nombres sont pris avec point et virgule comme ils
sont dans le texte (\`1,234.50\`) ; 31/01/2024 est trouvé quel que soit son ordre.`,
  },
  icon: 'extract',
  keywords: [
    'regex',
    'regexp',
    'regular expression',
    'parse',
    'match',
    'capture',
    'group',
    'find',
    'RegEx',
    'Regex Extractor',
    'extraire',
    'motif',
    'expression régulière',
    'reconnaître',
    'expression régulière',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Rows', fr: 'Lignes' } },
    {
      name: 'reject',
      title: { en: 'Rows without what was sought', fr: 'Lignes sans ce qui était cherché' },
      reject: true,
    },
  ],
  config,
  defaultConfig: { column: '', what: 'number' },
  example: {
    column: 'reference',
    pattern: '(?<country>[A-Z]{2})-(?<number>\\d+)',
    no_match: 'error',
    on_error: 'reject',
  },
  describe: ({ column, what, pattern, matches }) =>
    `${matches === 'first' ? '' : `${matches}: `}${(what === 'pattern' ? (pattern ?? '…') : what.replace('_', ' ')).slice(0, 50).replaceAll(/\s+/g, ' ')} in ${column || '…'}`,
})
