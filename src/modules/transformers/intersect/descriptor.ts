import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { setOperationFields } from '../../kit/set-operation.ts'

const config = z.strictObject(setOperationFields)

export const intersectDescriptor = defineModule({
  type: 'transform.intersect',
  version: 1,
  family: 'combine',
  title: { en: 'Intersect', fr: 'Intersection' },
  summary: {
    en: 'Keeps the left rows that the right has too.',
    fr: 'Garde les lignes de gauche que la droite a aussi.',
  },
  documentation: {
    en: `The rows of the left of which the right has an equal one.

**Which rows are equal.** All columns are compared, or the chosen \`columns\`; those of the right are found by name (whatever the case of letters), or by position. NULL equals NULL, and NaN equals NaN. Types that
differ are compared as the type that holds both, as in Union: a number that this type would round stops the run, and numbers never equal texts.

**Columns** are those of the left, as they are. The order of rows is not kept.

**\`rows\`** says what becomes of rows that are equal. \`all\`: each left row is judged by itself. \`distinct\`: of equal ones, one stays: with chosen \`columns\`, the first by all its columns. \`counted\`: a right row answers for one left row, so that three left rows and two equal right ones leave two (SQL: \`INTERSECT ALL\`).`,
    fr: `Les lignes de gauche dont la droite a une égale.

**Quelles lignes sont égales.** Toutes les colonnes sont comparées, ou les \`columns\` choisies ; celles de droite se trouvent par le nom (quelle que soit la casse) ou par la position. NULL égale NULL, et NaN égale NaN. Des types
différents se comparent dans celui qui contient les deux, comme dans Union : un nombre qu’il arrondirait arrête l’exécution, et un nombre n’est jamais égal à un texte.

**Les colonnes** sont celles de gauche, telles quelles. L’ordre des lignes n’est pas gardé.

**\`rows\`** dit ce que deviennent les lignes identiques. \`all\` : chaque ligne de gauche est jugée seule. \`distinct\` : il en reste une ; avec des \`columns\` choisies, la première selon toutes ses colonnes. \`counted\` : une ligne de droite répond pour une ligne de gauche, si bien que trois lignes à gauche et deux égales à droite en laissent deux (SQL : \`INTERSECT ALL\`).`,
  },
  icon: 'intersect',
  keywords: ['common', 'both', 'intersection', 'semi join', 'in both', 'communes', 'dans les deux'],
  inputs: [
    { name: 'left', title: { en: 'Left', fr: 'Gauche' } },
    { name: 'right', title: { en: 'Right', fr: 'Droite' } },
  ],
  outputs: [{ name: 'out', title: { en: 'Rows', fr: 'Lignes' } }],
  config,
  defaultConfig: {},
  example: { columns: ['email'], rows: 'distinct' },
  describe: ({ columns, rows }) =>
    `${columns.length > 0 ? columns.join(', ') : 'All columns'}${rows === 'all' ? '' : ` · ${rows}`}`,
})
