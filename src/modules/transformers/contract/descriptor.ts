import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  columns: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
        type: z
          .string()
          .min(1)
          .meta(form('Type', 'Type', { control: 'type', placeholder: 'DECIMAL(18,2)' })),
        required: z
          .boolean()
          .default(false)
          .meta(
            form('Never missing', 'Jamais manquante', {
              advanced: true,
              help: text('A NULL in it breaks the contract.', 'Un NULL y enfreint le contrat.'),
            }),
          ),
      }),
    )
    .min(1, 'list at least one column')
    .meta(
      form('Columns that are expected', 'Colonnes attendues', {
        control: 'list',
        fromColumns: text('Take the columns of the input', 'Reprendre les colonnes de l’entrée'),
      }),
    ),
  types: z
    .enum(['fail', 'convert'])
    .default('fail')
    .meta(
      form('A column of another type', 'Une colonne d’un autre type', {
        options: [option('fail', 'Is an error', 'Est une erreur'), option('convert', 'Is converted', 'Est convertie')],
      }),
    ),
  missing: z
    .enum(['fail', 'add'])
    .default('fail')
    .meta(
      form('A column that is not there', 'Une colonne absente', {
        options: [
          option('fail', 'Is an error', 'Est une erreur'),
          option('add', 'Is added, empty', 'Est ajoutée, vide'),
        ],
      }),
    ),
  extra: z
    .enum(['fail', 'drop', 'keep'])
    .default('fail')
    .meta(
      form('A column that nobody expects', 'Une colonne que rien n’attend', {
        options: [
          option('fail', 'Is an error', 'Est une erreur'),
          option('drop', 'Is dropped', 'Est supprimée'),
          option('keep', 'Is kept', 'Est gardée'),
        ],
      }),
    ),
  on_error: z
    .enum(['fail', 'reject'])
    .default('fail')
    .meta(
      form('A value that does not fit', 'Une valeur qui ne convient pas', {
        options: [
          option('fail', 'Fails the run', 'Fait échouer l’exécution'),
          option('reject', 'Rejects its row', 'Rejette sa ligne'),
        ],
      }),
    ),
})
export type ContractConfig = z.output<typeof config>

export const contractDescriptor = defineModule({
  type: 'transform.contract',
  version: 1,
  family: 'check',
  title: text('Contract', 'Contrat'),
  summary: text(
    'Holds a table to the columns and types that are expected of it, and decides what happens when they drift.',
    'Tient une table aux colonnes et types attendus, et décide de ce qui arrive s’ils dérivent.',
  ),
  documentation: text(
    `Put it behind a source whose shape somebody else decides. The result has exactly the columns of the contract, in its order and with its types,
whatever the source sends; so the steps below it never change their meaning because of a column that moved, came, went or changed its type.

What breaks the contract is told **before anything runs**, on this step, with the columns that are concerned:
- a column **of another type** is an error, or is converted without loss: \`1.5\` is no INTEGER, \`2024-02-30\` no DATE;
- a column **that is not there** is an error, or is added with NULLs;
- a column **that nobody expects** is an error, is dropped, or is kept behind the others.

A value that does not fit its type, or is missing (NULL) where it never may be, fails the run; or its row leaves by \`reject\`, with all columns as they came, \`_column\`
and \`_reason\`. Names are compared without regard to the case of ASCII letters, and come out as the contract writes them.`,
    `Placez-le derrière une source dont quelqu’un d’autre décide la forme. Le résultat a exactement les colonnes du contrat, dans son ordre et avec ses types,
quoi qu’envoie la source ; les étapes en aval ne changent donc jamais de sens parce qu’une colonne a bougé, est apparue, a disparu ou changé de type.

Ce qui enfreint le contrat est dit **avant toute exécution**, sur cette étape, avec les colonnes concernées :
- une colonne **d’un autre type** est une erreur, ou est convertie sans perte : \`1.5\` n’est pas un INTEGER, \`2024-02-30\` pas une DATE ;
- une colonne **absente** est une erreur, ou est ajoutée avec des NULL ;
- une colonne **que rien n’attend** est une erreur, est supprimée, ou est gardée derrière les autres.

Une valeur qui ne convient pas à son type, ou qui manque (NULL) là où elle ne le doit jamais, fait échouer l’exécution ; ou sa ligne sort par \`reject\`, avec toutes les colonnes
telles quelles, \`_column\` et \`_reason\`. Les noms se comparent sans tenir compte de la casse des lettres ASCII, et sortent comme le contrat les écrit.`,
  ),
  icon: 'contract',
  keywords: ['schema', 'drift', 'columns', 'types', 'expect', 'enforce', 'schéma', 'dérive', 'colonnes', 'imposer'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [
    { name: 'out', title: text('Rows as agreed', 'Lignes conformes') },
    { name: 'reject', title: text('Rejected rows', 'Lignes rejetées'), reject: true },
  ],
  config,
  defaultConfig: { columns: [{ name: 'id', type: 'BIGINT' }], extra: 'keep' },
  example: {
    columns: [
      { name: 'invoice_id', type: 'BIGINT', required: true },
      { name: 'issued', type: 'DATE' },
      { name: 'total', type: 'DECIMAL(18,2)' },
    ],
    types: 'convert',
    extra: 'drop',
    on_error: 'reject',
  },
  describe: ({ columns }) => columns.map(({ name }) => name).join(', '),
})
