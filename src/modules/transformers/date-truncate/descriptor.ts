import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const MOVES = ['add', 'subtract']

const config = z.strictObject({
  column: z.string().meta(form('Date or time', 'Date ou heure', { control: 'column', port: 'in' })),
  operation: z
    .enum(['start', 'end', 'up', 'nearest', 'add', 'subtract'])
    .default('start')
    .meta(
      form('Do', 'Faire', {
        options: [
          option('start', 'Start of the period (truncate)', 'Début de la période (tronquer)'),
          option('end', 'End of the period', 'Fin de la période'),
          option('up', 'Round up to a start', 'Arrondir au début suivant'),
          option('nearest', 'Round to the nearest start', 'Arrondir au début le plus proche'),
          option('add', 'Add', 'Ajouter'),
          option('subtract', 'Subtract', 'Retrancher'),
        ],
      }),
    ),
  amount: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1)
    .meta(
      form('How many', 'Combien', { help: text('15 minutes, 2 weeks, 1 month …', '15 minutes, 2 semaines, 1 mois…') }),
    ),
  unit: z
    .enum(['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'])
    .default('month')
    .meta(
      form('Unit', 'Unité', {
        options: [
          option('year', 'Years', 'Années'),
          option('quarter', 'Quarters', 'Trimestres'),
          option('month', 'Months', 'Mois'),
          option('week', 'Weeks', 'Semaines'),
          option('day', 'Days', 'Jours'),
          option('hour', 'Hours', 'Heures'),
          option('minute', 'Minutes', 'Minutes'),
          option('second', 'Seconds', 'Secondes'),
        ],
      }),
    ),
  amount_column: z
    .string()
    .optional()
    .meta(
      form('As many as column', 'Autant que la colonne', {
        control: 'column',
        port: 'in',
        advanced: true,
        visibleWhen: { field: 'operation', in: MOVES },
      }),
    ),
  week_start: z
    .enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
    .default('monday')
    .meta(
      form('First day of the week', 'Premier jour de la semaine', {
        advanced: true,
        visibleWhen: { field: 'unit', in: ['week'] },
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
  year_start: z
    .number()
    .int()
    .min(1)
    .max(12)
    .default(1)
    .meta(
      form('First month of the year', 'Premier mois de l’année', {
        advanced: true,
        visibleWhen: { field: 'unit', in: ['year', 'quarter'] },
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
  time_zone: z
    .string()
    .default('UTC')
    .meta(
      form('Time zone', 'Fuseau horaire', {
        advanced: true,
        placeholder: 'Europe/Paris',
        help: text(
          'Whose days count, for timestamps with time zone.',
          'Dont les jours comptent, pour les timestamps avec fuseau.',
        ),
      }),
    ),
})
export type DateTruncateConfig = z.output<typeof config>

export const dateTruncateDescriptor = defineModule({
  type: 'transform.date_truncate',
  version: 1,
  family: 'compute',
  title: text('Round or move dates', 'Arrondir ou déplacer des dates'),
  summary: text(
    'Start or end of the month, week, quarter hour …; so many days later or earlier.',
    'Début ou fin du mois, de la semaine, du quart d’heure… ; tant de jours plus tard ou plus tôt.',
  ),
  documentation: text(
    `The type stays: a DATE gives a DATE, a TIMESTAMP (always in microseconds) a TIMESTAMP. Hours and less are not for dates.

- \`start\` is the first moment of the period, \`end\` its last: the last day of a date, the last microsecond of a timestamp. \`up\` and \`nearest\` leave what is a start as it is; halfway goes up.
- Periods of several units count from a fixed start: years from the year 0, quarters, months and halves of a year from January (or \`year_start\`), weeks from the first \`week_start\` of 2000, days from
  1 January 2000, shorter ones from midnight of that day.
- \`add\` and \`subtract\` move by the calendar: a month after 31 January is the last day of February. \`amount_column\` may hold negative and empty amounts.

In \`time_zone\`, days and longer begin at local midnight, even where a day has 23 or 25 hours; adding a day keeps the time on the clock, and adding hours is elapsed time. A local time that
does not exist moves forward by the change. Empty and infinite dates stay as they are. All rows stay, in their order.`,
    `Le type reste : une DATE donne une DATE, un TIMESTAMP un TIMESTAMP. Les heures et moins ne sont pas pour les dates.

- \`start\` est le premier moment de la période, \`end\` le dernier : le dernier jour d’une date, la dernière microseconde d’un timestamp. \`up\` et \`nearest\` laissent un début tel quel ; la moitié monte.
- Les périodes de plusieurs unités comptent depuis un point fixe : les années depuis l’an 0, trimestres et mois depuis janvier (ou \`year_start\`), les semaines depuis le premier \`week_start\` de 2000,
  les jours depuis le 1er janvier 2000, le reste depuis ce minuit.
- \`add\` et \`subtract\` suivent le calendrier : un mois après le 31 janvier vient le dernier jour de février. \`amount_column\` peut être négative ou vide.

Dans \`time_zone\`, jours et plus commencent à minuit local, même si le jour a 23 ou 25 heures ; ajouter un jour garde l’heure affichée, ajouter des heures est du temps écoulé. Les dates vides
et infinies restent telles quelles. Toutes les lignes restent, dans leur ordre.`,
  ),
  icon: 'date-truncate',
  keywords: [
    ...[
      'truncate',
      'date_trunc',
      'round date',
      'floor',
      'ceiling',
      'end of month',
      'eomonth',
      'add days',
      'dateadd',
      'shift',
    ],
    ...['tronquer', 'arrondir', 'fin de mois', 'ajouter des jours', 'décaler'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { column: '', operation: 'start', unit: 'month' },
  example: { column: 'invoice_date', operation: 'start', unit: 'month', name: 'month' },
  describe: ({ column, operation, amount, amount_column, unit }) => {
    const size = amount_column ? `${amount_column} ${unit}s` : amount === 1 ? unit : `${amount} ${unit}s`
    const what = { start: 'start of', end: 'end of', up: 'up to', nearest: 'nearest', add: '+', subtract: '−' }[
      operation
    ]
    return `${column.slice(0, 80)} · ${what} ${size}`.slice(0, 190)
  },
})
