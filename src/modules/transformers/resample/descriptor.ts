import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { describeMeasure, measureSchema } from '../../kit/measure-schema.ts'

const config = z.strictObject({
  column: z.string().meta(form('Date or time', 'Date ou heure', { control: 'column', port: 'in' })),
  amount: z.number().int().min(1).max(1_000_000).default(1).meta(form('Every', 'Tous les')),
  unit: z
    .enum(['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'])
    .default('day')
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
  group_by: z
    .array(z.string())
    .default([])
    .meta(form('For each', 'Pour chaque', { control: 'columns', port: 'in' })),
  measures: z
    .array(measureSchema)
    .min(1, 'add at least one measure')
    .meta(form('Measures of each interval', 'Mesures de chaque intervalle', { control: 'list' })),
  empty: z
    .enum(['skip', 'empty', 'zero', 'previous', 'linear'])
    .default('skip')
    .meta(
      form('Intervals without rows', 'Intervalles sans lignes', {
        options: [
          option('skip', 'Leave out', 'Omettre'),
          option('empty', 'Empty measures', 'Mesures vides'),
          option('zero', 'Zero', 'Zéro'),
          option('previous', 'The value before', 'La valeur précédente'),
          option('linear', 'A straight line between the values around', 'Une droite entre les valeurs voisines'),
        ],
      }),
    ),
  closed: z
    .enum(['left', 'right'])
    .default('left')
    .meta(
      form('A moment on a limit belongs to', 'Un moment sur une limite appartient à', {
        advanced: true,
        options: [
          option('left', 'The interval that starts there', 'L’intervalle qui y commence'),
          option('right', 'The interval that ends there', 'L’intervalle qui y finit'),
        ],
      }),
    ),
  label: z
    .enum(['start', 'end'])
    .default('start')
    .meta(
      form('An interval is named by its', 'Un intervalle est nommé par', {
        advanced: true,
        options: [
          option('start', 'Start', 'Son début'),
          option('end', 'End (the next start)', 'Sa fin (le début suivant)'),
        ],
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
  origin: z
    .string()
    .optional()
    .meta(
      form('An interval starts at', 'Un intervalle commence à', {
        advanced: true,
        placeholder: '2024-01-01 06:00',
        help: text(
          'Shifts all intervals so that one starts there.',
          'Décale tous les intervalles pour que l’un commence là.',
        ),
      }),
    ),
})
export type ResampleConfig = z.output<typeof config>

export const resampleDescriptor = defineModule({
  type: 'transform.resample',
  version: 1,
  family: 'compute',
  title: text('Resample a time series', 'Rééchantillonner une série'),
  summary: text(
    'Brings a time series to another interval: hours to days, days to weeks, months to days.',
    'Ramène une série à un autre intervalle : heures en jours, jours en semaines, mois en jours.',
  ),
  documentation: text(
    `One row for each interval and group, with the start (or end) of the interval in place of the time, and the measures of the rows in it. Measures are those of Aggregate; \`first\` and \`last\` go by the
time unless they have an order of their own.

**Intervals** of several units count from a fixed start (weeks from \`week_start\`, the others from 1 January 2000), or from \`origin\`. \`closed: right\` is for readings that stand for the interval before
them: midnight then belongs to the day that ends.

**Intervals without rows**, between the first and the last of each group, are left out, or filled: empty, zero (numbers only), the value before, or a straight line in time between the nearest values on both
sides (numbers only, which become DOUBLE). To a finer interval, choose one of the last two: months become days. An empty measure is filled like a missing one by these two.

Rows whose time is empty or infinite are left out. Timestamps with time zone go by UTC: convert them to local times first where days are local. The result is ordered by group and time.`,
    `Une ligne par intervalle et par groupe, avec le début (ou la fin) de l’intervalle à la place de l’heure, et les mesures de ses lignes. Les mesures sont celles d’Agréger ; \`first\` et \`last\` suivent
l’heure, sauf ordre propre.

**Les intervalles** de plusieurs unités comptent depuis un point fixe (les semaines depuis \`week_start\`, les autres depuis le 1er janvier 2000), ou depuis \`origin\`. \`closed: right\` convient aux relevés qui
valent pour l’intervalle d’avant.

**Les intervalles sans lignes**, entre le premier et le dernier de chaque groupe, sont omis ou remplis : vides, zéro (nombres), la valeur précédente, ou une droite entre les valeurs voisines (nombres, qui
deviennent des DOUBLE). Vers un intervalle plus fin, prenez l’un des deux derniers. Une mesure vide est alors remplie comme une absente.

Les lignes à l’heure vide ou infinie sont omises. Les timestamps avec fuseau suivent UTC. Le résultat est trié par groupe et heure.`,
  ),
  icon: 'resample',
  keywords: [
    ...['time series', 'downsample', 'upsample', 'interval', 'time bucket', 'interpolate', 'ohlc', 'aggregate by time'],
    ...['série temporelle', 'intervalle', 'interpoler', 'agréger par période'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Intervals', 'Intervalles') }],
  config,
  defaultConfig: { column: '', unit: 'day', measures: [{ name: 'rows', function: 'count' }] },
  example: {
    column: 'measured_at',
    amount: 15,
    unit: 'minute',
    group_by: ['sensor'],
    measures: [{ name: 'temperature', function: 'avg', column: 'temperature' }],
    empty: 'linear',
  },
  describe: ({ column, amount, unit, measures }) =>
    `${column.slice(0, 50)} · every ${amount === 1 ? unit : `${amount} ${unit}s`} · ${measures.slice(0, 3).map(describeMeasure).join(', ')}`.slice(
      0,
      190,
    ),
})
