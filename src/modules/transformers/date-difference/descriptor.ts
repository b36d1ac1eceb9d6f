import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const BUSINESS = { visibleWhen: { field: 'unit', in: ['business_day'] } } as const

const config = z.strictObject({
  from: z.string().meta(form('From', 'De', { control: 'column', port: 'in' })),
  to: z
    .string()
    .optional()
    .meta(
      form('To', 'À', {
        control: 'column',
        port: 'in',
        help: text('Without a column or a day: today (UTC).', 'Sans colonne ni jour : aujourd’hui (UTC).'),
      }),
    ),
  to_day: z
    .string()
    .optional()
    .meta(form('Or to the day', 'Ou au jour', { advanced: true, placeholder: '2024-12-31' })),
  unit: z
    .enum([
      'year',
      'quarter',
      'month',
      'week',
      'day',
      'business_day',
      'hour',
      'minute',
      'second',
      'millisecond',
      'microsecond',
    ])
    .default('day')
    .meta(
      form('In', 'En', {
        options: [
          option('year', 'Years', 'Années'),
          option('quarter', 'Quarters', 'Trimestres'),
          option('month', 'Months', 'Mois'),
          option('week', 'Weeks', 'Semaines'),
          option('day', 'Days', 'Jours'),
          option('business_day', 'Business days', 'Jours ouvrés'),
          option('hour', 'Hours', 'Heures'),
          option('minute', 'Minutes', 'Minutes'),
          option('second', 'Seconds', 'Secondes'),
          option('millisecond', 'Milliseconds', 'Millisecondes'),
          option('microsecond', 'Microseconds', 'Microsecondes'),
        ],
      }),
    ),
  count: z
    .enum(['complete', 'crossed', 'exact'])
    .default('complete')
    .meta(
      form('Count', 'Compter', {
        advanced: true,
        options: [
          option('complete', 'Complete units', 'Les unités révolues'),
          option(
            'crossed',
            'Changes of the calendar: 31 December to 1 January is a year',
            'Les changements : du 31 décembre au 1er janvier, un an',
          ),
          option('exact', 'With decimals', 'Avec des décimales'),
        ],
      }),
    ),
  absolute: z
    .boolean()
    .default(false)
    .meta(form('Never negative', 'Jamais négatif', { advanced: true })),
  include: z
    .enum(['end', 'start', 'both', 'neither'])
    .default('end')
    .meta(
      form('Of the first and the last day, count', 'Du premier et du dernier jour, compter', {
        ...BUSINESS,
        options: [
          option('end', 'The last', 'Le dernier'),
          option('start', 'The first', 'Le premier'),
          option('both', 'Both (as NETWORKDAYS does)', 'Les deux (comme NB.JOURS.OUVRES)'),
          option('neither', 'Neither', 'Aucun'),
        ],
      }),
    ),
  weekend: z
    .array(z.enum(DAYS))
    .default(['saturday', 'sunday'])
    .meta(
      form('Days off', 'Jours chômés', {
        ...BUSINESS,
        control: 'choices',
        options: [
          option('monday', 'Monday', 'Lundi'),
          option('tuesday', 'Tuesday', 'Mardi'),
          option('wednesday', 'Wednesday', 'Mercredi'),
          option('thursday', 'Thursday', 'Jeudi'),
          option('friday', 'Friday', 'Vendredi'),
          option('saturday', 'Saturday', 'Samedi'),
          option('sunday', 'Sunday', 'Dimanche'),
        ],
      }),
    ),
  holidays: z
    .array(z.string())
    .default([])
    .meta(
      form('Holidays', 'Jours fériés', {
        ...BUSINESS,
        control: 'list',
        placeholder: '2024-12-25',
        help: text('Dates such as 2024-12-25.', 'Des dates comme 2024-12-25.'),
      }),
    ),
  time_zone: z
    .string()
    .default('UTC')
    .meta(
      form('Time zone', 'Fuseau horaire', {
        advanced: true,
        placeholder: 'Europe/Paris',
        help: text(
          'Whose days and months count, for timestamps with time zone.',
          'Dont les jours et mois comptent, pour les timestamps avec fuseau.',
        ),
      }),
    ),
  name: z.string().min(1).meta(form('Column to make', 'Colonne à créer')),
})
export type DateDifferenceConfig = z.output<typeof config>

export const dateDifferenceDescriptor = defineModule({
  type: 'transform.date_difference',
  version: 1,
  family: 'compute',
  title: text('Date difference', 'Différence de dates'),
  summary: text(
    'The time between two dates: years, months, days, business days, hours …',
    'Le temps entre deux dates : années, mois, jours, jours ouvrés, heures…',
  ),
  documentation: text(
    `Positive where \`to\` comes after \`from\`, negative where it comes before (then the same two dates the other way round, with a minus). Empty or infinite dates give an empty result.

- \`complete\` (BIGINT) counts units that are over: from 31 January to 28 February is no month in a leap year, and one in others, since a month after the 31st is the last day.
- \`crossed\` (BIGINT) counts how often the unit changes: 23:59 to 00:01 is a day; weeks change on Monday.
- \`exact\` (DOUBLE) has decimals: of a day, the part of its 24 hours; of months and years, the part of the month or year that has begun.

**Business days** are counted without the days off and the \`holidays\`, whatever the time of day. From Monday to Friday of one week are 4 when the last day counts (\`end\`), 5 with \`both\`. The times
between are exact: closed formula, no calendar table.

A date counts as its midnight. Days and longer are those of the calendar in \`time_zone\`: over the change to summer time, a day may have 23 hours; hours and shorter are elapsed time of
timestamps with time zone. One side cannot have a time zone and the other not. All rows stay, in their order.`,
    `Positif quand \`to\` vient après \`from\`, négatif quand il vient avant (les mêmes dates dans l’autre sens, avec un moins). Une date vide ou infinie donne un résultat vide.

- \`complete\` (BIGINT) compte les unités révolues : du 31 janvier au 28 février, aucun mois une année bissextile, un mois sinon, car un mois après le 31 est le dernier jour.
- \`crossed\` (BIGINT) compte les changements d’unité : de 23:59 à 00:01, un jour ; la semaine change le lundi.
- \`exact\` (DOUBLE) a des décimales : du jour, la part de ses 24 heures ; des mois et années, la part de celui qui a commencé.

**Les jours ouvrés** se comptent sans les jours chômés ni les \`holidays\`, quelle que soit l’heure. Du lundi au vendredi, il y en a 4 quand le dernier compte (\`end\`), 5 avec \`both\`.

Une date compte comme son minuit. Les jours et au-delà sont ceux du calendrier de \`time_zone\` ; les heures et en deçà sont du temps écoulé. Les deux côtés ont un fuseau, ou aucun. Toutes les lignes restent, dans leur ordre.`,
  ),
  icon: 'date-difference',
  keywords: [
    ...['datediff', 'days between', 'networkdays', 'business days', 'working days', 'age', 'duration', 'elapsed'],
    ...['différence', 'durée', 'jours ouvrés', 'jours ouvrables', 'écart', 'ancienneté'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { from: '', unit: 'day', name: 'days' },
  example: {
    from: 'ordered_on',
    to: 'shipped_on',
    unit: 'business_day',
    holidays: ['2024-12-25', '2025-01-01'],
    name: 'days_to_ship',
  },
  describe: ({ from, to, to_day, unit }) =>
    `${from.slice(0, 60)} → ${(to ?? to_day ?? 'today').slice(0, 60)} · ${unit.replace('_', ' ')}s`,
})
