import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  columns: z
    .array(z.string())
    .default([])
    .meta(
      form('Columns with fields', 'Colonnes à champs', {
        control: 'columns',
        port: 'in',
        help: text('Without any, all columns with fields.', 'Sans rien, toutes les colonnes à champs.'),
      }),
    ),
  json: z
    .array(
      z.strictObject({
        column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
        path: z
          .string()
          .min(1)
          .meta(form('Path', 'Chemin', { placeholder: '$.address.city' })),
        type: z
          .string()
          .default('VARCHAR')
          .meta(form('Type', 'Type', { control: 'type' })),
        name: z
          .string()
          .min(1)
          .optional()
          .meta(form('Name', 'Nom', { advanced: true })),
      }),
    )
    .default([])
    .meta(
      form('Fields of JSON texts', 'Champs de textes JSON', {
        control: 'list',
        fromData: text('Take the fields from the data', 'Prendre les champs des données'),
        help: text(
          'What is taken out of columns that hold JSON. They stand in the file, so that the columns are always the same.',
          'Ce qui est pris des colonnes contenant du JSON. Ils sont dans le fichier : les colonnes sont toujours les mêmes.',
        ),
      }),
    ),
  depth: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta(
      form('Levels', 'Niveaux', {
        advanced: true,
        placeholder: '1',
        help: text(
          'How deep fields are taken apart; all levels without it.',
          'Jusqu’où les champs sont décomposés ; sinon tous les niveaux.',
        ),
      }),
    ),
  prefix: z
    .boolean()
    .default(true)
    .meta(form('Names begin with the column’s', 'Les noms commencent par celui de la colonne', { advanced: true })),
  separator: z
    .string()
    .default('_')
    .meta(form('Between the parts of a name', 'Entre les parties d’un nom', { advanced: true })),
  lists: z
    .enum(['keep', 'join', 'json'])
    .default('keep')
    .meta(
      form('Lists', 'Listes', {
        advanced: true,
        options: [
          option('keep', 'Stay lists', 'Restent des listes'),
          option('join', 'Become one text', 'Deviennent un texte'),
          option('json', 'Become JSON', 'Deviennent du JSON'),
        ],
      }),
    ),
  list_separator: z
    .string()
    .default(', ')
    .meta(
      form('Between items', 'Entre les éléments', { advanced: true, visibleWhen: { field: 'lists', in: ['join'] } }),
    ),
  keep: z
    .boolean()
    .default(false)
    .meta(form('Keep the columns too', 'Garder aussi les colonnes', { advanced: true })),
  on_error: z
    .enum(['fail', 'reject', 'null'])
    .default('fail')
    .meta(
      form('JSON that does not fit', 'JSON qui ne convient pas', {
        options: [
          option('fail', 'Fail', 'Échouer'),
          option('reject', 'Reject', 'Rejeter'),
          option('null', 'Leave empty', 'Laisser vide'),
        ],
      }),
    ),
})
export type FlattenConfig = z.output<typeof config>

export const flattenDescriptor = defineModule({
  type: 'transform.flatten',
  version: 1,
  family: 'shape',
  title: { en: 'Flatten', fr: 'Aplatir' },
  summary: {
    en: 'Turns the fields of nested columns and of JSON into columns.',
    fr: 'Transforme en colonnes les champs des colonnes imbriquées et du JSON.',
  },
  documentation: {
    en: `A column with fields (STRUCT) gives way to one column per field, named \`COLUMN_FIELD\`, down to the last level or to \`depth\`. Fields of an empty value are empty. Lists stay (Explode makes rows of them), or become one text or JSON. Rows keep their order and number.

JSON in texts has no fixed fields: what is taken out stands in \`json\`, as paths such as \`$.address.city\`, \`$.tags[0]\` or \`$."first name"\`, each with its type and, if it should differ, its name. The form finds the fields in the data; pressing its button again adds new ones. A field
that a row does not have is empty; an object or a list is JSON again.

A text that is no JSON, or a value that does not fit its type without loss, makes the run fail, leaves by \`reject\` with \`_column\` and \`_reason\`, or leaves the field empty. Numbers in JSON are read as they are written up to 38 digits where the type is a DECIMAL or VARCHAR, except that decimals with an exponent or more than
17 digits may lose their last digits: JSON readers see them as DOUBLE.`,
    fr: `Une colonne à champs (STRUCT) laisse la place à une colonne par champ, nommée \`COLONNE_CHAMP\`, jusqu’au dernier niveau ou à \`depth\`. Les champs d’une valeur vide sont vides. Les listes restent (Éclater en fait des lignes), ou deviennent un texte ou du JSON. Les lignes gardent leur ordre et leur nombre.

Le JSON dans des textes n’a pas de champs fixes : ce qui en est pris est dans \`json\`, par des chemins tels que \`$.address.city\`, \`$.tags[0]\` ou \`$."first name"\`, chacun avec son type et, s’il doit différer, son nom. Le formulaire trouve les champs dans les données ; un nouvel appui ajoute les nouveaux. Un champ
qu’une ligne n’a pas est vide ; un objet ou une liste redevient du JSON.

Un texte qui n’est pas du JSON, ou une valeur qui ne tient pas dans son type sans perte, fait échouer l’exécution, sort par \`reject\` avec \`_column\` et \`_reason\`, ou laisse le champ vide. Les nombres du JSON sont lus tels quels, sauf que les décimaux à exposant ou de plus de
17 chiffres peuvent perdre leurs derniers chiffres : les lecteurs de JSON y voient des DOUBLE.`,
  },
  icon: 'flatten',
  keywords: [
    ...['struct', 'json', 'expand record', 'json parse', 'unnest', 'nested', 'json path', 'record to columns'],
    ...['aplatir', 'imbriqué', 'champs', 'structure'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Flat', fr: 'À plat' } },
    { name: 'reject', title: { en: 'Does not fit', fr: 'Ne convient pas' }, reject: true },
  ],
  config,
  defaultConfig: { columns: [] },
  example: {
    columns: ['address'],
    json: [{ column: 'payload', path: '$.user.age', type: 'INTEGER', name: 'age' }],
    on_error: 'reject',
  },
  describe: ({ columns, json }) => {
    const parts = [...columns, ...new Set(json.map(({ column }) => column))]
    return `${parts.slice(0, 4).join(', ') || 'Nested columns'} → columns`
  },
})
