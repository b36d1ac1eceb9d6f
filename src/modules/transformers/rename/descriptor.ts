import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'

const operationSchema = z.enum(['prefix', 'suffix', 'remove_prefix', 'remove_suffix', 'replace', 'case', 'clean'])
const only = (...operations: z.output<typeof operationSchema>[]) => ({
  visibleWhen: { field: 'operation', in: operations },
})

const ruleSchema = z.strictObject({
  operation: operationSchema.meta(
    form('Operation', 'Opération', {
      options: [
        option('prefix', 'Put before', 'Mettre devant'),
        option('suffix', 'Put after', 'Mettre derrière'),
        option('remove_prefix', 'Take away from the start', 'Retirer du début'),
        option('remove_suffix', 'Take away from the end', 'Retirer de la fin'),
        option('replace', 'Find and replace', 'Chercher et remplacer'),
        option('case', 'Letter case', 'Casse'),
        option('clean', 'Letters, digits and _ only', 'Lettres, chiffres et _ seulement'),
      ],
    }),
  ),
  text: z
    .string()
    .min(1)
    .optional()
    .meta(form('Text', 'Texte', only('prefix', 'suffix', 'remove_prefix', 'remove_suffix'))),
  find: z
    .string()
    .min(1)
    .optional()
    .meta(form('Find', 'Chercher', only('replace'))),
  replace: z
    .string()
    .default('')
    .meta(
      form('Replace by', 'Remplacer par', {
        ...only('replace'),
        help: text(
          'With a regular expression $1 is its first group.',
          'Avec une expression régulière, $1 est son premier groupe.',
        ),
      }),
    ),
  regex: z
    .boolean()
    .default(false)
    .meta(form('Regular expression', 'Expression régulière', only('replace'))),
  case: z
    .enum(['snake', 'camel', 'pascal', 'kebab', 'upper', 'lower', 'title', 'sentence'])
    .default('snake')
    .meta(
      form('Letters', 'Lettres', {
        ...only('case'),
        options: [
          option('snake', 'snake_case', 'snake_case'),
          option('camel', 'camelCase', 'camelCase'),
          option('pascal', 'PascalCase', 'PascalCase'),
          option('kebab', 'kebab-case', 'kebab-case'),
          option('upper', 'UPPER CASE', 'MAJUSCULES'),
          option('lower', 'lower case', 'minuscules'),
          option('title', 'Each Word', 'Chaque Mot'),
          option('sentence', 'First letter only', 'Première lettre seulement'),
        ],
      }),
    ),
  ...columnSelectionFields,
})
export type RenameRule = z.output<typeof ruleSchema>

const config = z.strictObject({
  names: z
    .array(
      z.strictObject({
        column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
        name: z.string().min(1).meta(form('New name', 'Nouveau nom')),
      }),
    )
    .default([])
    .meta(
      form('Names', 'Noms', {
        control: 'list',
        help: text('Named one by one; rules leave them alone.', 'Nommées une à une ; les règles n’y touchent pas.'),
      }),
    ),
  rules: z
    .array(ruleSchema)
    .default([])
    .meta(
      form('Rules', 'Règles', {
        control: 'list',
        help: text(
          'From top to bottom, for all other columns or those that a rule chooses.',
          'De haut en bas, pour toutes les autres colonnes ou celles qu’une règle choisit.',
        ),
      }),
    ),
  missing: z
    .enum(['fail', 'ignore'])
    .default('fail')
    .meta(
      form('A name in the list that is not there', 'Un nom de la liste qui n’existe pas', {
        advanced: true,
        options: [
          option('fail', 'Is an error', 'Est une erreur'),
          option('ignore', 'Does not matter', 'Ne compte pas'),
        ],
      }),
    ),
})

export const renameDescriptor = defineModule({
  type: 'transform.rename',
  version: 1,
  family: 'clean',
  title: { en: 'Rename columns', fr: 'Renommer les colonnes' },
  summary: {
    en: 'Renames columns one by one, or many by rule: letter case, prefixes, find and replace.',
    fr: 'Renomme les colonnes une à une, ou beaucoup par règle : casse, préfixes, chercher et remplacer.',
  },
  documentation: {
    en: `Columns in \`names\` get the name beside them, and no rule touches them. \`rules\` apply from top to bottom to all other columns, or to those that a rule chooses by name, by a
pattern of names or by kind; choosing goes by the names that the columns come with, renaming by what the rules above have made.

- \`case\`: words end at blanks, signs and between \`aB\`: \`Invoice-No of CustomerID\` is \`invoice_no_of_customer_id\` in snake case. Accents stay.
- \`clean\` takes accents away and makes \`_\` of everything but letters and digits of ASCII; a name that would start with a digit gets a \`_\` before it.
- \`replace\` finds plain text, or a regular expression of JavaScript (\`$1\` is a group, and look-around works), everywhere in the name.

Two columns that would get names which differ by nothing but the case of ASCII letters are an error that names both, and so is an empty name. Values, types and order of
columns and rows stay as they are.`,
    fr: `Les colonnes de \`names\` prennent le nom d’à côté, et aucune règle n’y touche. Les règles (\`rules\`) s’appliquent de haut en bas à toutes les autres, ou à celles qu’une règle
choisit par nom, par motif de noms ou par genre ; le choix se fait sur les noms d’arrivée des colonnes, le renommage sur ce que les règles précédentes ont fait.

- \`case\` : les mots finissent aux blancs, aux signes et entre \`aB\` : \`Invoice-No of CustomerID\` devient \`invoice_no_of_customer_id\`. Les accents restent.
- \`clean\` retire les accents et met \`_\` pour tout ce qui n’est pas lettre ou chiffre ASCII ; un nom qui commencerait par un chiffre reçoit un \`_\` devant.
- \`replace\` cherche un texte simple, ou une expression régulière de JavaScript (\`$1\` est un groupe), partout dans le nom.

Deux colonnes qui prendraient des noms ne différant que par la casse ASCII sont une erreur qui nomme les deux ; un nom vide aussi. Valeurs, types et ordre des colonnes et des
lignes ne changent pas.`,
  },
  icon: 'rename',
  keywords: [
    'rename',
    'column name',
    'header',
    'prefix',
    'suffix',
    'snake case',
    'camel case',
    'Dynamic Rename',
    'Column Rename',
    'renommer',
    'nom',
    'en-tête',
    'préfixe',
    'casse',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Rows', fr: 'Lignes' } }],
  config,
  defaultConfig: { rules: [{ operation: 'case', case: 'snake' }] },
  example: {
    names: [{ column: 'Nº', name: 'number' }],
    rules: [
      { operation: 'clean' },
      { operation: 'case', case: 'snake' },
      { operation: 'suffix', text: '_eur', pattern: '^amount' },
    ],
  },
  describe: ({ names, rules }) => {
    const named = names.slice(0, 2).map(({ column, name }) => `${column} → ${name}`)
    const ruled = rules
      .slice(0, 3)
      .map((rule) =>
        rule.operation === 'case'
          ? `${rule.case} case`
          : `${rule.operation.replace('_', ' ')} ${(rule.text ?? rule.find ?? '').slice(0, 20)}`.trim(),
      )
    const more = names.length > 2 || rules.length > 3 ? ', …' : ''
    return [...named, ...ruled].join(', ').replaceAll(/\s+/g, ' ') + more || 'No change'
  },
})
