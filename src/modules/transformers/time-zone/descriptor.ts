import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { onErrorField } from '../../kit/unfit.ts'

const zone = (en: string, fr: string, operations: string[]) =>
  z
    .string()
    .optional()
    .meta(form(en, fr, { placeholder: 'Europe/Paris', visibleWhen: { field: 'operation', in: operations } }))

const zoneColumn = (en: string, fr: string, operations: string[]) =>
  z
    .string()
    .optional()
    .meta(
      form(en, fr, {
        control: 'column',
        port: 'in',
        advanced: true,
        visibleWhen: { field: 'operation', in: operations },
        help: text(
          'Each row names its own zone. Instead of the one above.',
          'Chaque ligne nomme son fuseau, au lieu de celui du dessus.',
        ),
      }),
    )

const config = z.strictObject({
  column: z.string().meta(form('Timestamp', 'Timestamp', { control: 'column', port: 'in' })),
  operation: z
    .enum(['to_local', 'to_instant', 'convert'])
    .default('to_local')
    .meta(
      form('Do', 'Faire', {
        options: [
          option(
            'to_local',
            'With time zone → what clocks in a zone show',
            'Avec fuseau → ce que montrent les horloges d’un fuseau',
          ),
          option(
            'to_instant',
            'What clocks in a zone show → with time zone',
            'Ce que montrent les horloges d’un fuseau → avec fuseau',
          ),
          option(
            'convert',
            'From the clocks of one zone to those of another',
            'Des horloges d’un fuseau à celles d’un autre',
          ),
        ],
      }),
    ),
  from: zone('From the time in', 'De l’heure de', ['to_instant', 'convert']),
  to: zone('To the time in', 'À l’heure de', ['to_local', 'convert']),
  from_column: zoneColumn('From the time in the zone of this column', 'De l’heure du fuseau de cette colonne', [
    'to_instant',
    'convert',
  ]),
  to_column: zoneColumn('To the time in the zone of this column', 'À l’heure du fuseau de cette colonne', [
    'to_local',
    'convert',
  ]),
  unknown_zone: onErrorField(text('A zone of a column that is unknown', 'Un fuseau de colonne inconnu'), {
    advanced: true,
  }),
  ambiguous: z
    .enum(['earlier', 'later', 'null', 'reject', 'fail'])
    .default('earlier')
    .meta(
      form('A time that comes twice (end of summer time)', 'Une heure qui vient deux fois (fin de l’heure d’été)', {
        advanced: true,
        visibleWhen: { field: 'operation', in: ['to_instant', 'convert'] },
        options: [
          option('earlier', 'The first time', 'La première fois'),
          option('later', 'The second time', 'La seconde fois'),
          option('null', 'Leave empty', 'Laisser vide'),
          option('reject', 'Send the row to “reject”', 'Envoyer la ligne vers « reject »'),
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
        ],
      }),
    ),
  missing: z
    .enum(['later', 'earlier', 'null', 'reject', 'fail'])
    .default('later')
    .meta(
      form('A time that does not exist (start of summer time)', 'Une heure qui n’existe pas (début de l’heure d’été)', {
        advanced: true,
        visibleWhen: { field: 'operation', in: ['to_instant', 'convert'] },
        options: [
          option('later', 'Move on by the change: 02:30 → 03:30', 'Avancer du changement : 02:30 → 03:30'),
          option('earlier', 'Move back by the change: 02:30 → 01:30', 'Reculer du changement : 02:30 → 01:30'),
          option('null', 'Leave empty', 'Laisser vide'),
          option('reject', 'Send the row to “reject”', 'Envoyer la ligne vers « reject »'),
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
        ],
      }),
    ),
  name: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column to make', 'Colonne à créer', {
        help: text('Without one, the column is replaced.', 'Sans elle, la colonne est remplacée.'),
      }),
    ),
})
export type TimeZoneConfig = z.output<typeof config>

export const timeZoneDescriptor = defineModule({
  type: 'transform.time_zone',
  version: 1,
  family: 'compute',
  title: text('Time zone', 'Fuseau horaire'),
  summary: text(
    'Converts times between zones, summer time included.',
    'Convertit des heures d’un fuseau à l’autre, heure d’été comprise.',
  ),
  documentation: text(
    `A TIMESTAMP WITH TIME ZONE is a moment, the same everywhere (shown in UTC). A TIMESTAMP is what a clock shows, and means a moment only with a zone.

- \`to_local\`: the moment as the clocks of \`to\` show it. - \`to_instant\`: the moment when the clocks of \`from\` showed that. - \`convert\`: both, from clocks to clocks.

**Summer time.** Where clocks go back, an hour comes twice: \`ambiguous\` takes its first or second coming, or neither. Where they go forward, an hour is left out: \`missing\` moves on or
back by the change, or leaves empty, rejects, stops. Rejected rows keep all their columns and say why in \`_column\` and \`_reason\`.

**A zone for each row**: \`from_column\` and \`to_column\` name a column of zones, such as that of each shop. Blanks around a name and the case of its letters do not count. Where it is empty,
so is the result; one that is unknown stops the run, gives NULL or sends the row to \`reject\` (\`unknown_zone\`).

Zones are names of the IANA list, such as \`Europe/Paris\`, \`America/New_York\` or \`UTC\`; an abbreviation such as EST has no summer time. Their rules, of the past too, are those of the ICU library
in DuckDB. Empty stays empty, and infinite stays infinite. A date counts as its midnight. Rows keep their order.`,
    `Un TIMESTAMP WITH TIME ZONE est un instant, le même partout (affiché en UTC). Un TIMESTAMP est ce que montre une horloge : il faut un fuseau pour en faire un instant.

- \`to_local\` : l’instant tel que le montrent les horloges de \`to\`. - \`to_instant\` : l’instant où les horloges de \`from\` montraient cela. - \`convert\` : les deux, d’horloge à horloge.

**Heure d’été.** Quand on recule les horloges, une heure vient deux fois : \`ambiguous\` prend la première ou la seconde, ou aucune. Quand on les avance, une heure manque : \`missing\` avance ou
recule du changement, laisse vide, rejette ou arrête. Les lignes rejetées gardent leurs colonnes et disent pourquoi dans \`_column\` et \`_reason\`.

**Un fuseau par ligne** : \`from_column\` et \`to_column\` nomment une colonne de fuseaux, comme celui de chaque magasin. Les blancs aux bords et la casse ne comptent pas. S’il est vide, le
résultat l’est ; un fuseau inconnu arrête l’exécution, donne NULL ou envoie la ligne vers \`reject\` (\`unknown_zone\`).

Les fuseaux sont des noms IANA : \`Europe/Paris\`, \`America/New_York\`, \`UTC\`. Leurs règles, passées comprises, sont celles d’ICU dans DuckDB. Le vide reste vide, l’infini reste infini. Une date compte
comme son minuit. Les lignes gardent leur ordre.`,
  ),
  icon: 'time-zone',
  keywords: [
    ...['utc', 'local time', 'dst', 'daylight saving', 'timestamptz', 'convert time zone', 'offset', 'iana'],
    ...['fuseau', 'heure locale', 'heure d’été', 'décalage'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [
    { name: 'out', title: text('Rows', 'Lignes') },
    {
      name: 'reject',
      title: text('Times twice or never, unknown zones', 'Heures doubles ou absentes, fuseaux inconnus'),
      reject: true,
    },
  ],
  config,
  defaultConfig: { column: '', operation: 'to_local', to: 'Europe/Paris' },
  example: {
    column: 'ordered_at',
    operation: 'to_instant',
    from: 'America/New_York',
    ambiguous: 'reject',
    missing: 'reject',
  },
  describe: ({ column, operation, from_column, to_column, ...given }) => {
    const from = from_column ?? given.from
    const to = to_column ?? given.to
    const sides = {
      to_local: `→ ${to ?? '…'}`,
      to_instant: `${from ?? '…'} → UTC`,
      convert: `${from ?? '…'} → ${to ?? '…'}`,
    }
    return `${column.slice(0, 80)} · ${sides[operation]}`.slice(0, 190)
  },
})
