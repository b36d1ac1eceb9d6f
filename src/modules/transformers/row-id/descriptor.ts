import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { describeKeys, sortKeySchema } from '../../kit/sort-keys.ts'

const NUMBER = { visibleWhen: { field: 'kind', in: ['number'] } } as const

const config = z.strictObject({
  kind: z
    .enum(['number', 'uuid', 'hash'])
    .default('number')
    .meta(
      form('Identify rows by', 'Identifier les lignes par', {
        options: [
          option('number', 'A number: 1, 2, 3, …', 'Un numéro : 1, 2, 3…'),
          option('uuid', 'A UUID', 'Un UUID'),
          option('hash', 'A hash of their values', 'Une empreinte de leurs valeurs'),
        ],
      }),
    ),
  name: z.string().min(1).meta(form('Column to make', 'Colonne à créer')),
  start: z
    .number()
    .int()
    .default(1)
    .meta(form('Starts at', 'Commence à', NUMBER)),
  step: z
    .number()
    .int()
    .default(1)
    .meta(form('Step', 'Pas', { ...NUMBER, advanced: true })),
  group_by: z
    .array(z.string())
    .default([])
    .meta(
      form('Starts again for each', 'Recommence pour chaque', {
        ...NUMBER,
        control: 'columns',
        port: 'in',
        advanced: true,
      }),
    ),
  order: z
    .array(sortKeySchema)
    .default([])
    .meta(
      form('In the order of', 'Dans l’ordre de', {
        ...NUMBER,
        control: 'list',
        advanced: true,
        help: text('Without any: the order of the input.', 'Sans rien : l’ordre de l’entrée.'),
      }),
    ),
  uuid: z
    .enum(['random', 'time', 'columns'])
    .default('random')
    .meta(
      form('Kind of UUID', 'Genre d’UUID', {
        visibleWhen: { field: 'kind', in: ['uuid'] },
        options: [
          option('random', 'Random (version 4)', 'Aléatoire (version 4)'),
          option('time', 'By time, then random (version 7)', 'Par heure, puis aléatoire (version 7)'),
          option(
            'columns',
            'From columns, always the same (version 5)',
            'D’après des colonnes, toujours le même (version 5)',
          ),
        ],
      }),
    ),
  algorithm: z
    .enum(['md5', 'sha1', 'sha256', 'hash64'])
    .default('sha256')
    .meta(
      form('Hash', 'Empreinte', {
        visibleWhen: { field: 'kind', in: ['hash'] },
        options: [
          option('sha256', 'SHA-256 (64 characters)', 'SHA-256 (64 caractères)'),
          option('md5', 'MD5 (32 characters)', 'MD5 (32 caractères)'),
          option('sha1', 'SHA-1 (40 characters)', 'SHA-1 (40 caractères)'),
          option('hash64', 'A whole number of 64 bits', 'Un entier de 64 bits'),
        ],
      }),
    ),
  columns: z
    .array(z.string())
    .default([])
    .meta(
      form('Of columns', 'Des colonnes', {
        control: 'columns',
        port: 'in',
        visibleWhen: { field: 'kind', in: ['hash', 'uuid'] },
        help: text('Without any: all, in their order.', 'Sans rien : toutes, dans leur ordre.'),
      }),
    ),
  namespace: z
    .string()
    .regex(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i, 'write a UUID, such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8')
    .default('6ba7b812-9dad-11d1-80b4-00c04fd430c8')
    .meta(
      form('Namespace', 'Espace de noms', {
        advanced: true,
        visibleWhen: { field: 'uuid', in: ['columns'] },
        help: text(
          'Another one gives other UUIDs to the same values.',
          'Un autre donne d’autres UUID aux mêmes valeurs.',
        ),
      }),
    ),
})
export type RowIdConfig = z.output<typeof config>

export const rowIdDescriptor = defineModule({
  type: 'transform.row_id',
  version: 1,
  family: 'compute',
  title: text('Row number or id', 'Numéro ou identifiant de ligne'),
  summary: text(
    'Gives every row a number, a UUID or a hash of its values.',
    'Donne à chaque ligne un numéro, un UUID ou une empreinte de ses valeurs.',
  ),
  documentation: text(
    `**Numbers** (BIGINT) go by the order of the input, or by \`order\`: rows that are equal in it are told apart by all their other columns. The order of the input is
that of the file or of a Sort before; after a join or an aggregate give one. With \`group_by\` they start again in each group.

**UUIDs** of kind \`random\` (version 4) and \`time\` (version 7) are new on every run, and those of \`time\` sort by when they were made. \`columns\` (version 5) always gives equal
values the same UUID; of a single text column it is the standard's UUIDv5 of that text in the \`namespace\` (and empty where the text is).

**Hashes** are of the values, each with its length before it: \`('ab', 'c')\` and \`('a', 'bc')\` differ, and so do empty (NULL) and the empty text. A value counts as its text: 1 and \`'1'\` are
the same, 1.5 and 1.50 are not; −0.0 is 0.0; dates and times are written as ISO, with time zone in UTC; lists and structs as JSON. Names of columns do not count, their order does. \`hash64\` is the lower
half of the MD5, a UBIGINT: among a million rows two collide with a chance of 1 in 40 million. Hashes do not change from version to version.

All rows stay, in their order unless \`order\` or \`group_by\` is given.`,
    `**Les numéros** (BIGINT) suivent l’ordre de l’entrée, ou \`order\` : les lignes égales sont départagées par toutes leurs autres colonnes. L’ordre de l’entrée est celui du
fichier ou d’un tri ; après une jointure ou un agrégat, donnez-en un. Avec \`group_by\`, ils recommencent dans chaque groupe.

**Les UUID** \`random\` (version 4) et \`time\` (version 7) sont nouveaux à chaque exécution ; ceux de \`time\` se trient par date de création. \`columns\` (version 5) donne toujours le même UUID
aux mêmes valeurs ; d’une seule colonne de texte, c’est l’UUIDv5 standard de ce texte dans \`namespace\` (vide si le texte l’est).

**Les empreintes** portent sur les valeurs, chacune précédée de sa longueur : \`('ab', 'c')\` et \`('a', 'bc')\` diffèrent, tout comme vide (NULL) et le texte vide. Une valeur compte comme son texte :
1 et \`'1'\` sont identiques, 1.5 et 1.50 non ; −0.0 vaut 0.0 ; dates et heures en ISO, avec fuseau en UTC ; listes et structures en JSON. Les noms des colonnes ne comptent pas, leur
ordre si. \`hash64\` est la moitié basse du MD5, un UBIGINT. Les empreintes ne changent pas d’une version à l’autre.

Toutes les lignes restent, dans leur ordre sauf avec \`order\` ou \`group_by\`.`,
  ),
  icon: 'identify',
  keywords: [
    ...[
      'record id',
      'row id',
      'row number',
      'index',
      'sequence',
      'counter',
      'uuid',
      'guid',
      'md5',
      'sha256',
      'checksum',
      'fingerprint',
      'surrogate key',
    ],
    ...['numéro', 'identifiant', 'empreinte', 'clé', 'séquence'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { kind: 'number', name: 'row_number' },
  example: { kind: 'hash', name: 'row_hash', algorithm: 'sha256', columns: ['customer_id', 'email'] },
  describe: ({ kind, uuid, algorithm, columns, group_by, order, start }) => {
    if (kind === 'hash') return `${algorithm} of ${columns.join(', ') || 'all columns'}`.slice(0, 190)
    if (kind === 'uuid')
      return `UUID${uuid === 'columns' ? ` of ${columns.join(', ') || 'all columns'}` : ` · ${uuid}`}`.slice(0, 190)
    const by = group_by.length > 0 ? ` per ${group_by.join(', ')}` : ''
    return `From ${start}${by}${order.length > 0 ? ` · ${describeKeys(order)}` : ''}`.slice(0, 190)
  },
})
