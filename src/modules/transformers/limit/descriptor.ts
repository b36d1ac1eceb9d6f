import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form } from '../../kit/form.ts'

const config = z.strictObject({
  rows: z.number().int().min(0).default(1000).meta(form('Rows', 'Lignes')),
  offset: z
    .number()
    .int()
    .min(0)
    .default(0)
    .meta(form('Rows to skip first', 'Lignes à sauter d’abord', { advanced: true })),
})

export const limitDescriptor = defineModule({
  type: 'transform.limit',
  version: 1,
  family: 'shape',
  title: { en: 'Limit', fr: 'Limiter' },
  summary: { en: 'Lets the first rows through.', fr: 'Laisse passer les premières lignes.' },
  documentation: {
    en: `The first \`rows\` rows after \`offset\`, in the order of the input: that of the file, or of a Sort before. Nothing before it reads more than it needs.`,
    fr: `Les \`rows\` premières lignes après \`offset\`, dans l’ordre de l’entrée : celui du fichier, ou d’un tri. Rien avant lui ne lit plus que nécessaire.`,
  },
  icon: 'limit',
  keywords: ['top', 'head', 'first', 'skip', 'offset', 'premières'],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'First rows', fr: 'Premières lignes' } }],
  config,
  defaultConfig: { rows: 1000 },
  example: { rows: 100, offset: 10 },
  describe: ({ rows, offset }) => (offset > 0 ? `${rows} rows after ${offset}` : `First ${rows} rows`),
})
