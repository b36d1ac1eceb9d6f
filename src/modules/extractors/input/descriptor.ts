import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, text } from '../../kit/files/form.ts'
import { checkTypedTable, typedTableFields } from '../../kit/files/typed-table.ts'

const config = z
  .strictObject({
    columns: typedTableFields.columns.meta(
      formMeta('Columns that it needs', 'Colonnes nécessaires', {
        control: 'list',
        help: text('Others that come along are kept.', 'Celles qui viennent en plus sont gardées.'),
      }),
    ),
    rows: typedTableFields.rows.meta(
      formMeta('Rows to design with', 'Lignes pour concevoir', {
        control: 'grid',
        help: text(
          'Seen here only; where the pipeline is used as a step, the real rows come in their place.',
          'Vues ici seulement ; là où le pipeline sert d’étape, les vraies lignes prennent leur place.',
        ),
      }),
    ),
  })
  .superRefine(checkTypedTable)

export const inputDescriptor = defineModule({
  type: 'extract.input',
  version: 1,
  family: 'route',
  title: text('Input', 'Entrée'),
  summary: text(
    'Where rows come into a pipeline that others use as a step.',
    'Par où les lignes entrent dans un pipeline qui sert d’étape à d’autres.',
  ),
  documentation: text(
    `A pipeline with inputs and outputs can be used by others as one step (Sub-pipeline). Each Input is an input of that step, under the name of its node.

It says which columns it needs, with their types. A table that is connected must have them, by name; a column of another type is converted where
that loses nothing, and is an error otherwise. Further columns are passed on behind them, so that one pipeline serves tables of different widths.

While you design this pipeline by itself, the rows that you type in here stand for the real ones.`,
    `Un pipeline qui a des entrées et des sorties peut servir d’étape à d’autres (Sous-pipeline). Chaque Entrée est une entrée de cette étape, sous le nom de son nœud.

Elle dit quelles colonnes il lui faut, avec leurs types. La table reliée doit les avoir, par leur nom ; une colonne d’un autre type est convertie si rien ne
se perd, sinon c’est une erreur. Les autres colonnes suivent derrière, pour qu’un même pipeline serve des tables de largeurs différentes.

Tant que vous concevez ce pipeline seul, les lignes saisies ici tiennent lieu des vraies.`,
  ),
  icon: 'input',
  keywords: ['macro input', 'component input', 'sub-pipeline', 'parameter', 'entrée', 'sous-pipeline', 'composant'],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { columns: [{ name: 'value', type: 'VARCHAR' }], rows: [] },
  example: {
    columns: [
      { name: 'customer', type: 'VARCHAR' },
      { name: 'total', type: 'DECIMAL(18,2)' },
    ],
    rows: [
      ['Ann', '12.50'],
      ['Bob', null],
    ],
  },
  describe: (given) => given.columns.map((column) => column.name).join(', '),
})
