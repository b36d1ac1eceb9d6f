import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { text } from '../../kit/files/form.ts'
import { checkTypedTable, typedTableFields } from '../../kit/files/typed-table.ts'

const config = z.strictObject(typedTableFields).superRefine(checkTypedTable)

export const inlineExtractDescriptor = defineModule({
  type: 'extract.inline',
  version: 1,
  family: 'extract',
  title: text('Inline table', 'Table en ligne'),
  summary: text('Rows typed in by hand.', 'Lignes saisies à la main.'),
  documentation: text(
    `A small table kept in the pipeline file: codes, rates, targets. Every value is written as text and must read exactly as its column's
type: \`12.345\` is no DECIMAL(10,2), and \`1.7\` no BIGINT. \`null\` is NULL; \`''\` is the empty text.`,
    `Une petite table gardée dans le fichier du pipeline : codes, taux, objectifs. Chaque valeur est écrite comme texte et doit se lire
exactement dans le type de sa colonne : \`12.345\` n’est pas un DECIMAL(10,2), ni \`1.7\` un BIGINT. \`null\` vaut NULL ; \`''\` est le texte vide.`,
  ),
  icon: 'table',
  keywords: ['values', 'constants', 'manual', 'seed', 'valeurs', 'saisie'],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { columns: [{ name: 'value', type: 'VARCHAR' }], rows: [] },
  example: {
    columns: [
      { name: 'country', type: 'VARCHAR' },
      { name: 'rate', type: 'DECIMAL(4,2)' },
    ],
    rows: [
      ['FR', '20.00'],
      ['DE', '19.00'],
      ['US', null],
    ],
  },
  describe: (given) =>
    `${given.rows.length} ${given.rows.length === 1 ? 'row' : 'rows'} · ${given.columns.map((column) => column.name).join(', ')}`,
})
