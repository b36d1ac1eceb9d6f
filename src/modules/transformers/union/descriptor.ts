import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option } from '../../kit/form.ts'

const config = z.strictObject({
  by: z
    .enum(['name', 'position'])
    .default('name')
    .meta(
      form('Match columns by', 'Associer les colonnes par', {
        options: [option('name', 'Name', 'Nom'), option('position', 'Position', 'Position')],
      }),
    ),
  missing: z
    .enum(['null', 'error', 'drop'])
    .default('null')
    .meta(
      form('A column that an input does not have', 'Une colonne absente d’une entrée', {
        options: [
          option('null', 'Is empty for its rows', 'Est vide pour ses lignes'),
          option('error', 'Is an error', 'Est une erreur'),
          option('drop', 'Is left out of the result', 'Est laissée hors du résultat'),
        ],
        visibleWhen: { field: 'by', in: ['name'] },
      }),
    ),
  types: z
    .enum(['exact', 'same', 'text'])
    .default('exact')
    .meta(
      form('Columns of different types', 'Colonnes de types différents', {
        options: [
          option(
            'exact',
            'Take the type that holds both, or are an error',
            'Prennent le type qui contient les deux, ou sont une erreur',
          ),
          option('same', 'Are an error', 'Sont une erreur'),
          option(
            'text',
            'Become texts where no type holds both',
            'Deviennent des textes si aucun type ne contient les deux',
          ),
        ],
        advanced: true,
      }),
    ),
  duplicates: z
    .enum(['keep', 'remove'])
    .default('keep')
    .meta(
      form('Rows that are equal', 'Lignes identiques', {
        options: [option('keep', 'Keep all', 'Toutes les garder'), option('remove', 'Keep one', 'N’en garder qu’une')],
      }),
    ),
  source_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column for the source', 'Colonne pour la source', {
        advanced: true,
        placeholder: 'source',
        help: {
          en: 'Adds a column with the name of the step each row comes from.',
          fr: 'Ajoute une colonne avec le nom de l’étape d’où vient chaque ligne.',
        },
      }),
    ),
})
export type UnionConfig = z.output<typeof config>

export const unionDescriptor = defineModule({
  type: 'transform.union',
  version: 1,
  family: 'combine',
  title: { en: 'Union', fr: 'Union' },
  summary: { en: 'Stacks the rows of several inputs.', fr: 'Empile les lignes de plusieurs entrées.' },
  documentation: {
    en: `Takes any number of inputs (\`in_1\`, \`in_2\`, …) and puts their rows one after the other, as the inputs stand: first all rows of the first one, in their order. With \`duplicates: remove\` there is no order.

**By name**, columns with the same name (whatever the case of its letters) belong together; the result has those of the first input, then new ones of
the others. Where an input lacks a column, \`missing\` decides: empty for its rows (\`null\`), an error, or a result with only the columns that all inputs have (\`drop\`). **By position**, the first goes with the first, and every input must have as many; names are those of the first input.

**Types** that differ become the type that holds both: INTEGER and BIGINT make BIGINT, INTEGER and DECIMAL(10,2) make DECIMAL(12,2), a whole number and a
DOUBLE make DOUBLE (a number that a DOUBLE would round stops the run). A warning on the node names the columns that were widened, and for which input. Numbers, dates and texts have no type in common: that is an error that names them, unless \`types: text\` turns
such columns into texts, in all inputs. \`types: same\` refuses any difference.

**Equal rows** stay, or leave one with \`duplicates: remove\`; NULL equals NULL there.

**\`source_column\`** holds the name of the step that the row comes from, with its output where several of one step are connected (\`split.match\`).`,
    fr: `Prend un nombre quelconque d’entrées (\`in_1\`, \`in_2\`…) et met leurs lignes à la suite, dans l’ordre des entrées : d’abord toutes les lignes de la première, dans leur ordre. Avec \`duplicates: remove\`, il n’y a pas d’ordre.

**Par nom**, les colonnes de même nom (quelle que soit la casse) vont ensemble ; le résultat a celles de la première entrée, puis les nouvelles des
autres. Si une entrée n’a pas une colonne, \`missing\` décide : vide pour ses lignes (\`null\`), une erreur, ou un résultat des seules colonnes que toutes les entrées ont (\`drop\`). **Par position**, la première va avec la première, et chaque entrée doit en avoir autant ; les noms sont ceux de la première entrée.

**Les types** différents deviennent celui qui contient les deux : INTEGER et BIGINT font BIGINT, INTEGER et DECIMAL(10,2) font DECIMAL(12,2), un entier et un DOUBLE font DOUBLE (un nombre qu’un
DOUBLE arrondirait arrête l’exécution). Un avertissement sur le nœud nomme les colonnes élargies, et pour quelle entrée. Nombres, dates et textes n’ont pas de type commun : c’est une erreur qui les nomme, sauf si \`types: text\` fait
de ces colonnes des textes, dans toutes les entrées. \`types: same\` refuse toute différence.

**Les lignes identiques** restent, ou une seule avec \`duplicates: remove\` ; NULL y égale NULL.

**\`source_column\`** contient le nom de l’étape d’où vient la ligne, avec sa sortie si plusieurs d’une même étape sont reliées (\`split.match\`).`,
  },
  icon: 'union',
  keywords: [
    'append',
    'append rows',
    'append queries',
    'stack',
    'concat',
    'concatenate rows',
    'merge',
    'rows',
    'combine',
    'union all',
    'empiler',
    'concaténer',
    'ajouter',
    'ajouter des lignes',
    'mettre bout à bout',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' }, many: true }],
  outputs: [{ name: 'out', title: { en: 'All rows', fr: 'Toutes les lignes' } }],
  config,
  defaultConfig: {},
  example: { by: 'name', missing: 'null', source_column: 'year' },
  describe: ({ by, duplicates }) => `By ${by}${duplicates === 'remove' ? ' · without duplicates' : ''}`,
})
