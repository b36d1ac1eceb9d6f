import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { compressionField, depthField, recordFields, recordOutputs } from '../../kit/files/records/config.ts'
import { sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: sourcePath('data/books.xml'),
  row_path: z
    .string()
    .regex(/^(\/\/)?\/?[^/\s[\]]+(\/[^/\s[\]]+)*$/, 'write a path such as /catalog/book or //book')
    .optional()
    .meta(
      formMeta('What is a row', 'Ce qui fait une ligne', {
        control: 'text',
        placeholder: '/catalog/book',
        help: text(
          'The path of the element; * stands for any name, //book for book at any depth. Empty: the first element that repeats.',
          'Le chemin de l’élément ; * vaut n’importe quel nom, //book vaut book à toute profondeur. Vide : le premier élément qui se répète.',
        ),
      }),
    ),
  repeated: z
    .enum(['list', 'join', 'first'])
    .default('list')
    .meta(
      formMeta('Elements that repeat inside a row', 'Éléments répétés dans une ligne', {
        control: 'select',
        options: [
          option('list', 'Become a list', 'Deviennent une liste'),
          option('join', 'Are joined into one text', 'Sont réunis en un texte'),
          option('first', 'Only the first is kept', 'Seul le premier est gardé'),
        ],
      }),
    ),
  separator: z
    .string()
    .default(', ')
    .meta(
      formMeta('Between joined texts', 'Entre les textes réunis', {
        control: 'text',
        visibleWhen: { field: 'repeated', in: ['join'] },
      }),
    ),
  nested: z
    .enum(['structs', 'columns'])
    .default('structs')
    .meta(
      formMeta('Elements inside elements', 'Éléments imbriqués', {
        control: 'select',
        options: [
          option('structs', 'Stay together', 'Restent ensemble'),
          option('columns', 'Become columns: address.city', 'Deviennent des colonnes : address.city'),
        ],
      }),
    ),
  ...recordFields,
  attribute_prefix: z
    .string()
    .default('@')
    .meta(formMeta('Attributes are named with', 'Préfixe des attributs', { control: 'text', advanced: true })),
  prefixes: z
    .enum(['drop', 'keep'])
    .default('drop')
    .meta(
      formMeta('Namespace prefixes', 'Préfixes d’espaces de noms', {
        control: 'select',
        options: [
          option('drop', 'Drop: x:name is name', 'Retirer : x:name devient name'),
          option('keep', 'Keep', 'Garder'),
        ],
        advanced: true,
      }),
    ),
  trim: z
    .boolean()
    .default(true)
    .meta(
      formMeta('Trim texts', 'Rogner les textes', {
        control: 'switch',
        help: text(
          'Spaces, tabs and line breaks around them; a no-break space stays.',
          'Les espaces, tabulations et sauts de ligne autour ; une espace insécable reste.',
        ),
        advanced: true,
      }),
    ),
  empty: z
    .enum(['null', 'text'])
    .default('null')
    .meta(
      formMeta('Empty elements and attributes', 'Éléments et attributs vides', {
        control: 'select',
        options: [
          option('null', 'Are NULL, as those that are not there', 'Valent NULL, comme ceux qui manquent'),
          option('text', 'Are empty texts', 'Sont des textes vides'),
        ],
        advanced: true,
      }),
    ),
  encoding: z
    .string()
    .regex(/^[a-z0-9_:-]+$/i, 'name an encoding such as utf-8 or iso-8859-1')
    .default('auto')
    .meta(formMeta('Encoding', 'Encodage', { control: 'text', placeholder: 'auto', advanced: true })),
  max_depth: depthField,
  compression: compressionField,
})
export type XmlConfig = z.output<typeof config>

export const xmlExtractDescriptor = defineModule({
  type: 'extract.xml',
  version: 1,
  family: 'extract',
  title: text('XML', 'XML'),
  summary: text('Reads the elements of XML files as rows.', 'Lit les éléments de fichiers XML comme des lignes.'),
  documentation: withSource(
    text(
      `Every element at \`row_path\` is a row: its attributes (\`@id\`) and the elements inside it are columns. The file is streamed, so that its size does not matter. An element of a
simple text is a column of the type that all its texts have, found as in a CSV file. An element with elements or attributes of its own is a STRUCT (its own text is \`#text\`), or
columns named \`address.city\`; one that comes several times in any row is a list in every row, or one joined text.

An element that is not there, or one that is \`xsi:nil\`, is NULL. An empty one (\`<day/>\` or \`<day></day>\`) is NULL too, or an empty text with \`empty: text\`: a column in which
one is found is then text, unless a type was set, of which an empty text is NULL. What is trimmed is the white space of XML (space, tab, line breaks): a no-break space is kept. White
space around the elements inside an element is layout and never a value.

Entities are the five of XML and numbers such as \`&#233;\`: a document type is not read, nothing outside the file is fetched, and what it would define is a mistake. CDATA is
text. The encoding is the one that the file declares. A file that is not well-formed ends the run with its line; with \`on_bad_row: reject\` the rows before the mistake are kept and
it goes to \`reject\`, as values do that are not of a type that was set.`,
      `Chaque élément à \`row_path\` est une ligne : ses attributs (\`@id\`) et les éléments qu’il contient sont des colonnes. Le fichier est lu au fil de l’eau, sa taille n’importe pas. Un
élément d’un texte simple est une colonne du type que tous ses textes ont, trouvé comme dans un CSV. Un élément avec ses propres éléments ou attributs est un STRUCT (son propre texte est
\`#text\`), ou des colonnes nommées \`address.city\` ; s’il vient plusieurs fois dans une ligne, il est une liste dans toutes, ou un texte réuni.

Un élément absent, ou \`xsi:nil\`, vaut NULL. Un élément vide (\`<day/>\` ou \`<day></day>\`) vaut NULL aussi, ou un texte vide avec \`empty: text\` : une colonne où il s’en trouve est alors du
texte, sauf si un type a été fixé, pour lequel un texte vide vaut NULL. Sont rognés les blancs de XML (espace, tabulation, sauts de ligne) : une espace insécable reste. Les blancs autour des
éléments dans un élément sont de la mise en page, jamais une valeur.

Les entités sont les cinq de XML et les nombres tels que \`&#233;\` : le type de document n’est pas lu, rien n’est cherché hors du fichier, et ce qu’il définirait est une erreur. CDATA est du
texte. L’encodage est celui que le fichier déclare. Un fichier mal formé arrête l’exécution avec sa ligne ; avec \`on_bad_row: reject\`, les lignes d’avant l’erreur sont gardées et elle va dans
\`reject\`, comme les valeurs qui ne sont pas du type fixé.`,
    ),
  ),
  icon: 'xml',
  keywords: ['xpath', 'element', 'attribute', 'nested', 'sax', 'élément', 'imbriqué'],
  inputs: [],
  outputs: recordOutputs,
  config,
  defaultConfig: { path: '' },
  example: {
    path: 'data/catalog.xml',
    row_path: '/catalog/book',
    repeated: 'join',
    columns: { price: { type: 'DECIMAL(10,2)' } },
  },
  describe: (given) => [shortName(given.path), given.row_path ?? 'its rows'].join(' · '),
})
