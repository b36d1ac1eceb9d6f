import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { outputPathSchema, shortName, writeCompressionField } from '../../kit/files/write-options.ts'

const elementName = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_.-]*$/u, 'write a name such as orders: a letter first, no blanks')

const config = z.strictObject({
  path: outputPathSchema('out/orders.xml'),
  mode: z
    .enum(['overwrite', 'fail'])
    .default('overwrite')
    .meta(
      formMeta('If it exists', 'S’il existe', {
        control: 'select',
        options: [option('overwrite', 'Replace it', 'Le remplacer'), option('fail', 'Fail', 'Échouer')],
      }),
    ),
  root: elementName.default('rows').meta(formMeta('Outer element', 'Élément extérieur', { control: 'text' })),
  row: elementName.default('row').meta(formMeta('Element of a row', 'Élément d’une ligne', { control: 'text' })),
  attributes: z
    .array(z.string())
    .default([])
    .meta(
      formMeta('Columns that become attributes', 'Colonnes en attributs', {
        control: 'columns',
        port: 'in',
        help: text('The others become elements.', 'Les autres deviennent des éléments.'),
      }),
    ),
  nulls: z
    .enum(['omit', 'empty', 'nil'])
    .default('omit')
    .meta(
      formMeta('NULL', 'NULL', {
        control: 'select',
        options: [
          option('omit', 'Leaves its element out', 'N’écrit pas d’élément'),
          option('empty', 'Is an empty element', 'Est un élément vide'),
          option('nil', 'Is marked xsi:nil', 'Est marqué xsi:nil'),
        ],
        advanced: true,
      }),
    ),
  illegal_characters: z
    .enum(['fail', 'remove', 'replace'])
    .default('fail')
    .meta(
      formMeta('Characters that XML forbids', 'Caractères interdits en XML', {
        control: 'select',
        options: [
          option('fail', 'Fail', 'Échouer'),
          option('remove', 'Are left out', 'Sont retirés'),
          option('replace', 'Become �', 'Deviennent �'),
        ],
        advanced: true,
      }),
    ),
  pretty: z
    .boolean()
    .default(true)
    .meta(formMeta('Indented', 'Indenté', { control: 'switch', advanced: true })),
  compression: writeCompressionField,
})
export type XmlLoadConfig = z.output<typeof config>

export const xmlLoadDescriptor = defineModule({
  type: 'load.xml',
  version: 1,
  family: 'load',
  title: text('XML', 'XML'),
  summary: text('Writes an XML file.', 'Écrit un fichier XML.'),
  documentation: text(
    `Writes one element per row, in UTF-8: columns become elements, or attributes of the row. Structs are nested elements, each item of a list is an element of its own; numbers and dates
keep all their digits. What an XML name cannot hold becomes \`_\` (\`a b\` is \`a_b\`); two columns of one name are refused. Rows are streamed and come in the order of the input; the same
rows give the same bytes. An empty list writes nothing, as a NULL does.

Control characters have no place in XML: they end the run unless \`illegal_characters\` says otherwise. The target is replaced in one step once everything is written.`,
    `Écrit un élément par ligne, en UTF-8 : les colonnes deviennent des éléments, ou des attributs de la ligne. Les structures sont des éléments imbriqués, chaque valeur d’une liste est un
élément ; nombres et dates gardent tous leurs chiffres. Ce qu’un nom XML ne peut contenir devient \`_\` (\`a b\` devient \`a_b\`) ; deux colonnes de même nom sont refusées. Les lignes sont écrites
au fil de l’eau dans l’ordre de l’entrée ; les mêmes lignes donnent les mêmes octets. Une liste vide n’écrit rien, comme NULL.

Les caractères de contrôle n’ont pas de place en XML : ils arrêtent l’exécution sauf si \`illegal_characters\` en décide autrement. La cible est remplacée d’un coup une fois tout écrit.`,
  ),
  icon: 'xml',
  keywords: ['element', 'attribute', 'export', 'nested', 'élément'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.xml' },
  example: { path: 'out/orders.xml', root: 'orders', row: 'order', attributes: ['order_id'] },
  describe: (given) => [shortName(given.path), `${given.root}/${given.row}`].join(' · '),
})
