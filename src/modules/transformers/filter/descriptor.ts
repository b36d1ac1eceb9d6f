import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'

const config = z.strictObject({
  condition: z.string().meta({
    form: {
      control: 'expression',
      port: 'in',
      title: { en: 'Keep rows where', fr: 'Garder les lignes où' },
      help: {
        en: 'An expression that is true or false for each row. Rows where it is false or unknown (NULL) leave by the port “rest”.',
        fr: 'Une expression vraie ou fausse pour chaque ligne. Les lignes où elle est fausse ou inconnue (NULL) sortent par le port « rest ».',
      },
      placeholder: 'amount > 100',
    },
  }),
})

export const filterDescriptor = defineModule({
  type: 'transform.filter',
  version: 1,
  family: 'shape',
  title: { en: 'Filter', fr: 'Filtrer' },
  summary: {
    en: 'Splits rows in two: those that meet a condition, and the rest.',
    fr: 'Sépare les lignes en deux : celles qui remplissent une condition, et les autres.',
  },
  documentation: {
    en: `Each row leaves by exactly one port: \`match\` when the condition is true, \`rest\` when it is false **or unknown**
(a comparison with NULL is neither true nor false).

The condition is any expression of DuckDB SQL over the columns of the input; it must be of type BOOLEAN. Parameters of the
pipeline are written \`$name\`. A column whose name is not a plain word is written in double quotes: \`"unit price" > 2\`.`,
    fr: `Chaque ligne sort par un seul port : \`match\` quand la condition est vraie, \`rest\` quand elle est fausse **ou inconnue**
(une comparaison avec NULL n’est ni vraie ni fausse).

La condition est une expression SQL de DuckDB sur les colonnes de l’entrée ; son type doit être BOOLEAN. Les paramètres du
pipeline s’écrivent \`$nom\`. Une colonne dont le nom n’est pas un simple mot s’écrit entre guillemets droits : \`"prix unitaire" > 2\`.`,
  },
  icon: 'filter',
  keywords: ['where', 'condition', 'split', 'rows', 'keep', 'remove', 'filtre', 'lignes', 'garder'],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'match', title: { en: 'Rows that match', fr: 'Lignes retenues' } },
    { name: 'rest', title: { en: 'All other rows', fr: 'Toutes les autres lignes' } },
  ],
  config,
  defaultConfig: { condition: 'TRUE' },
  example: { condition: "country = 'France' AND total >= 10" },
  describe: ({ condition }) => condition.replaceAll(/\s+/g, ' ').trim(),
})
