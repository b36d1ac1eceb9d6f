import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { compressionField, recordFields, recordOutputs } from '../../kit/files/records/config.ts'
import { sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const pattern = z.string().refine((given) => {
  try {
    new RegExp(given, 'u')
    return true
  } catch {
    return false
  }
}, 'write a regular expression')

const config = z.strictObject({
  path: sourcePath('logs/access.log'),
  format: z
    .enum(['lines', 'pattern', 'common', 'combined', 'syslog', 'syslog_5424', 'logfmt'])
    .default('lines')
    .meta(
      formMeta('What the lines hold', 'Contenu des lignes', {
        control: 'select',
        options: [
          option('lines', 'Just text', 'Du texte'),
          option('pattern', 'A pattern of my own', 'Un motif à moi'),
          option('common', 'Web server log (Apache, nginx: common)', 'Journal web (Apache, nginx : common)'),
          option('combined', 'Web server log with browsers (combined)', 'Journal web avec navigateurs (combined)'),
          option('syslog', 'System log (syslog)', 'Journal système (syslog)'),
          option('syslog_5424', 'System log (RFC 5424)', 'Journal système (RFC 5424)'),
          option('logfmt', 'key=value pairs (logfmt)', 'Paires clé=valeur (logfmt)'),
        ],
      }),
    ),
  pattern: pattern.optional().meta(
    formMeta('Pattern', 'Motif', {
      control: 'text',
      placeholder: '(?<day>\\S+) (?<level>[A-Z]+) (?<message>.*)',
      help: text(
        'A regular expression over the whole line; each named group is a column.',
        'Une expression régulière sur toute la ligne ; chaque groupe nommé est une colonne.',
      ),
      visibleWhen: { field: 'format', in: ['pattern'] },
    }),
  ),
  record_starts: pattern.optional().meta(
    formMeta('A record begins with', 'Un enregistrement commence par', {
      control: 'text',
      placeholder: '^\\d{4}-\\d{2}-\\d{2}',
      help: text(
        'For records of several lines: lines that do not begin so belong to the one before.',
        'Pour des enregistrements de plusieurs lignes : les autres lignes appartiennent au précédent.',
      ),
      advanced: true,
    }),
  ),
  unmatched: z
    .enum(['bad', 'skip'])
    .default('bad')
    .meta(
      formMeta('Lines that do not match', 'Lignes qui ne correspondent pas', {
        control: 'select',
        options: [option('bad', 'Are bad rows', 'Sont refusées'), option('skip', 'Are left out', 'Sont ignorées')],
        advanced: true,
      }),
    ),
  ...recordFields,
  skip_empty: z
    .boolean()
    .default(true)
    .meta(formMeta('Leave out empty lines', 'Ignorer les lignes vides', { control: 'switch', advanced: true })),
  skip: z
    .number()
    .int()
    .min(0)
    .default(0)
    .meta(formMeta('Lines to skip', 'Lignes à sauter', { control: 'number', advanced: true })),
  encoding: z
    .string()
    .regex(/^[a-z0-9_:-]+$/i, 'name an encoding such as utf-8 or windows-1252')
    .default('auto')
    .meta(formMeta('Encoding', 'Encodage', { control: 'text', placeholder: 'auto', advanced: true })),
  on_invalid_bytes: z
    .enum(['fail', 'replace'])
    .default('fail')
    .meta(
      formMeta('Bytes that are no text', 'Octets invalides', {
        control: 'select',
        options: [option('fail', 'Fail', 'Échouer'), option('replace', 'Become �', 'Deviennent �')],
        advanced: true,
      }),
    ),
  compression: compressionField,
})
export type TextConfig = z.output<typeof config>

export const textExtractDescriptor = defineModule({
  type: 'extract.text',
  version: 1,
  family: 'extract',
  title: text('Text lines', 'Lignes de texte'),
  summary: text(
    'Reads lines of text, whole or taken apart by a pattern.',
    'Lit des lignes de texte, entières ou découpées par un motif.',
  ),
  documentation: withSource(
    text(
      `Each line is a row: its text in the column \`line\`, or columns from what a pattern finds. A pattern is a regular expression with named groups, \`(?<level>[A-Z]+)\`, which must match the
whole line (the whole record where \`record_starts\` puts several lines together). The formats of Apache, nginx, syslog and logfmt are there already; in them \`-\` is NULL and the time of a
request is an instant. A group that takes no part is NULL, an empty text too.

Types are found from all texts as in a CSV file, or set in \`columns\`. A line that does not match is a bad row: it ends the run with its number, goes to \`reject\`, or is left out when
\`unmatched\` says so. Line breaks may be mixed; empty lines are left out.`,
      `Chaque ligne est une ligne : son texte dans la colonne \`line\`, ou des colonnes tirées d’un motif. Un motif est une expression régulière avec des groupes nommés,
\`(?<level>[A-Z]+)\`, qui doit correspondre à toute la ligne (à tout l’enregistrement quand \`record_starts\` réunit plusieurs lignes). Les formats d’Apache, nginx, syslog et logfmt sont déjà là ; \`-\`
y vaut NULL et l’heure d’une requête est un instant. Un groupe absent vaut NULL, un texte vide aussi.

Les types sont trouvés sur tous les textes comme dans un CSV, ou fixés dans \`columns\`. Une ligne qui ne correspond pas est refusée : elle arrête l’exécution avec son numéro, va dans
\`reject\`, ou est ignorée si \`unmatched\` le dit. Les fins de ligne peuvent être mêlées ; les lignes vides sont ignorées.`,
    ),
  ),
  icon: 'text',
  keywords: [
    'log',
    'regex',
    'regular expression',
    'grok',
    'apache',
    'nginx',
    'syslog',
    'logfmt',
    'journal',
    'expression régulière',
  ],
  inputs: [],
  outputs: recordOutputs,
  config,
  defaultConfig: { path: '' },
  example: { path: 'logs/access-*.log.gz', format: 'combined', on_bad_row: 'reject' },
  describe: (given) => [shortName(given.path), given.format].join(' · '),
})
