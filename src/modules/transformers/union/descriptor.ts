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
    .enum(['null', 'error'])
    .default('null')
    .meta(
      form('A column that an input does not have', 'Une colonne absente d’une entrée', {
        options: [
          option('null', 'Is empty for its rows', 'Est vide pour ses lignes'),
          option('error', 'Is an error', 'Est une erreur'),
        ],
        visibleWhen: { field: 'by', in: ['name'] },
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
          en: 'Adds a column with the name of the input each row came by.',
          fr: 'Ajoute une colonne avec le nom de l’entrée de chaque ligne.',
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
    en: `Takes any number of inputs (\`in_1\`, \`in_2\`, …) and puts their rows one after the other.

**By name**, columns with the same name (whatever the case of its letters) belong together; the result has those of the first input, then new ones of
the others. **By position**, the first goes with the first, and every input must have as many; names are those of the first input.

**Types** that differ become the type that holds both: INTEGER and BIGINT make BIGINT, INTEGER and DECIMAL(10,2) make DECIMAL(12,2), a whole number and a
DOUBLE make DOUBLE (a number that a DOUBLE would round stops the run). Numbers and texts have no common type: cast one with Select first.`,
    fr: `Prend un nombre quelconque d’entrées (\`in_1\`, \`in_2\`…) et met leurs lignes à la suite.

**Par nom**, les colonnes de même nom (quelle que soit la casse) vont ensemble ; le résultat a celles de la première entrée, puis les nouvelles des
autres. **Par position**, la première va avec la première, et chaque entrée doit en avoir autant ; les noms sont ceux de la première entrée.

**Les types** différents deviennent celui qui contient les deux : INTEGER et BIGINT font BIGINT, un entier et un DOUBLE font DOUBLE (un nombre qu’un
DOUBLE arrondirait arrête l’exécution). Nombres et textes n’ont pas de type commun : convertissez d’abord avec Choisir les colonnes.`,
  },
  icon: 'union',
  keywords: ['append', 'stack', 'concat', 'merge', 'rows', 'empiler', 'concaténer', 'ajouter'],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' }, many: true }],
  outputs: [{ name: 'out', title: { en: 'All rows', fr: 'Toutes les lignes' } }],
  config,
  defaultConfig: {},
  example: { by: 'name', missing: 'null', source_column: 'year' },
  describe: ({ by, duplicates }) => `By ${by}${duplicates === 'remove' ? ' · without duplicates' : ''}`,
})
