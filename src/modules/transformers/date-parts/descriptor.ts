import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const PARTS = [
  option('year', 'Year', 'Année'),
  option('quarter', 'Quarter (1 to 4)', 'Trimestre (1 à 4)'),
  option('month', 'Month (1 to 12)', 'Mois (1 à 12)'),
  option('month_name', 'Name of the month', 'Nom du mois'),
  option('month_short', 'Short name of the month', 'Nom court du mois'),
  option('day', 'Day of the month', 'Jour du mois'),
  option('day_of_week', 'Day of the week (1 to 7)', 'Jour de la semaine (1 à 7)'),
  option('day_name', 'Name of the day', 'Nom du jour'),
  option('day_short', 'Short name of the day', 'Nom court du jour'),
  option('day_of_year', 'Day of the year', 'Jour de l’année'),
  option('iso_week', 'ISO week (1 to 53)', 'Semaine ISO (1 à 53)'),
  option('iso_year', 'Year of the ISO week', 'Année de la semaine ISO'),
  option('year_week', 'Year and ISO week: 2024-W09', 'Année et semaine ISO : 2024-W09'),
  option('year_month', 'Year and month: 2024-02', 'Année et mois : 2024-02'),
  option('year_quarter', 'Year and quarter: 2024-Q1', 'Année et trimestre : 2024-Q1'),
  option('week_of_month', 'Week of the month', 'Semaine du mois'),
  option('fiscal_year', 'Fiscal year', 'Exercice'),
  option('fiscal_quarter', 'Fiscal quarter', 'Trimestre de l’exercice'),
  option('fiscal_month', 'Fiscal month', 'Mois de l’exercice'),
  option('is_weekend', 'Is a Saturday or Sunday', 'Est un samedi ou dimanche'),
  option('is_leap_year', 'Is in a leap year', 'Est dans une année bissextile'),
  option('is_month_start', 'Is the first of the month', 'Est le premier du mois'),
  option('is_month_end', 'Is the last of the month', 'Est le dernier du mois'),
  option('days_in_month', 'Days in the month', 'Jours dans le mois'),
  option('decade', 'Decade: 2020', 'Décennie : 2020'),
  option('century', 'Century', 'Siècle'),
  option('date', 'Date alone', 'Date seule'),
  option('time', 'Time alone', 'Heure seule'),
  option('hour', 'Hour', 'Heure'),
  option('minute', 'Minute', 'Minute'),
  option('second', 'Second', 'Seconde'),
  option('millisecond', 'Millisecond (0 to 999)', 'Milliseconde (0 à 999)'),
  option('microsecond', 'Microsecond (0 to 999,999)', 'Microseconde (0 à 999 999)'),
  option('half_day', 'AM or PM', 'AM ou PM'),
  option('unix_seconds', 'Seconds since 1970', 'Secondes depuis 1970'),
  option('julian_day', 'Julian day', 'Jour julien'),
  option('age', 'Age in complete years', 'Âge en années révolues'),
] as const
const partSchema = z.enum(PARTS.map(({ value }) => value) as [string, ...string[]])

const config = z.strictObject({
  column: z.string().meta(form('Date or time', 'Date ou heure', { control: 'column', port: 'in' })),
  parts: z
    .array(partSchema)
    .min(1, 'choose at least one part')
    .meta(form('Parts', 'Parties', { control: 'choices', options: [...PARTS] })),
  prefix: z
    .string()
    .optional()
    .meta(
      form('Names start with', 'Les noms commencent par', {
        help: text('Without it: the name of the column and “_”.', 'Sans lui : le nom de la colonne et « _ ».'),
      }),
    ),
  language: z
    .enum(['en', 'fr'])
    .default('en')
    .meta(
      form('Language of names', 'Langue des noms', {
        advanced: true,
        options: [option('en', 'English', 'Anglais'), option('fr', 'French', 'Français')],
      }),
    ),
  fiscal_start: z
    .number()
    .int()
    .min(1)
    .max(12)
    .default(1)
    .meta(form('First month of the fiscal year', 'Premier mois de l’exercice', { advanced: true })),
  fiscal_named_by: z
    .enum(['end', 'start'])
    .default('end')
    .meta(
      form('A fiscal year is named by the year of its', 'Un exercice porte l’année de', {
        advanced: true,
        options: [option('end', 'Last month', 'Son dernier mois'), option('start', 'First month', 'Son premier mois')],
      }),
    ),
  week_start: z
    .enum(['monday', 'sunday', 'saturday'])
    .default('monday')
    .meta(
      form('First day of the week', 'Premier jour de la semaine', {
        advanced: true,
        help: text(
          'For the day and the week of the month; ISO weeks start on Monday.',
          'Pour le jour de la semaine et la semaine du mois ; les semaines ISO commencent le lundi.',
        ),
        options: [
          option('monday', 'Monday', 'Lundi'),
          option('sunday', 'Sunday', 'Dimanche'),
          option('saturday', 'Saturday', 'Samedi'),
        ],
      }),
    ),
  age_on: z
    .string()
    .optional()
    .meta(
      form('Age on the date of column', 'Âge à la date de la colonne', {
        control: 'column',
        port: 'in',
        advanced: true,
        help: text('Without one, and without a day: today (UTC).', 'Sans elle, et sans jour : aujourd’hui (UTC).'),
      }),
    ),
  age_day: z
    .string()
    .optional()
    .meta(form('Or on the day', 'Ou au jour', { advanced: true, placeholder: '2024-12-31' })),
  time_zone: z
    .string()
    .default('UTC')
    .meta(
      form('Time zone', 'Fuseau horaire', {
        advanced: true,
        placeholder: 'Europe/Paris',
        help: text(
          'Whose clocks a timestamp with time zone is read by.',
          'Dont les horloges lisent un timestamp avec fuseau.',
        ),
      }),
    ),
})
export type DatePartsConfig = z.output<typeof config>

export const datePartsDescriptor = defineModule({
  type: 'transform.date_parts',
  version: 1,
  family: 'compute',
  title: text('Date parts', 'Parties de date'),
  summary: text(
    'Year, month, week, name of the day, fiscal year, age …',
    'Année, mois, semaine, nom du jour, exercice, âge…',
  ),
  documentation: text(
    `Adds a column for every part, named by the prefix and the part. Numbers are BIGINT, names VARCHAR, tests BOOLEAN, \`date\` a DATE, \`time\` a TIME, \`unix_seconds\` a DOUBLE.

- \`iso_week\`, \`iso_year\` and \`year_week\` go together: 30 December 2024 is in week 1 of 2025. - \`day_of_week\` counts from \`week_start\`; \`week_of_month\` is 1 for the days
  up to the end of the first such week.
- The fiscal year starts in \`fiscal_start\` and is named by the year in which it ends (or starts): with 10, October 2024 is in 2025, quarter 1, month 1.
- \`age\` is in complete years, to \`age_on\`, \`age_day\` or today: a run on another day then gives another result. It goes up on the birthday; of 29 February, on the 28th where there is no 29th.
- A date has the time 00:00. A timestamp with time zone is read by the clocks of \`time_zone\`; \`unix_seconds\` of one without counts as if it were UTC.

Empty values give empty parts, and so do infinite dates. Years before 1 are 0, −1, … All rows stay, in their order.`,
    `Ajoute une colonne par partie, nommée par le préfixe et la partie. Les nombres sont des BIGINT, les noms des VARCHAR, les tests des BOOLEAN, \`date\` une DATE, \`time\` un TIME.

- \`iso_week\`, \`iso_year\` et \`year_week\` vont ensemble : le 30 décembre 2024 est dans la semaine 1 de 2025. - \`day_of_week\` compte depuis \`week_start\`.
- L’exercice commence au mois \`fiscal_start\` et porte l’année où il finit (ou commence) : avec 10, octobre 2024 est dans 2025, trimestre 1, mois 1.
- \`age\` compte les années révolues jusqu’à \`age_on\`, \`age_day\` ou aujourd’hui : un autre jour donne alors un autre résultat. Né un 29 février, on vieillit le 28 quand il n’y a pas de 29.
- Une date a l’heure 00:00. Un timestamp avec fuseau se lit aux horloges de \`time_zone\`.

Les valeurs vides donnent des parties vides, les dates infinies aussi. Toutes les lignes restent, dans leur ordre.`,
  ),
  icon: 'date-parts',
  keywords: [
    ...['year', 'month', 'week', 'weekday', 'quarter', 'fiscal', 'extract', 'datepart', 'calendar', 'age', 'iso week'],
    ...['année', 'mois', 'semaine', 'jour', 'trimestre', 'exercice', 'âge', 'calendrier'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { column: '', parts: ['year', 'month', 'day'] },
  example: {
    column: 'invoice_date',
    parts: ['year', 'month_name', 'year_week', 'fiscal_year'],
    prefix: '',
    fiscal_start: 4,
  },
  describe: ({ column, parts }) =>
    `${column.slice(0, 60)} · ${parts.slice(0, 6).join(', ')}${parts.length > 6 ? ', …' : ''}`,
})
