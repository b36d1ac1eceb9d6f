import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'

const methodSchema = z.enum([
  'hash',
  'redact',
  'partial',
  'null',
  'shuffle',
  'shift_date',
  'generalize_date',
  'band',
  'noise',
])
export type MaskMethod = z.output<typeof methodSchema>
const only = (...methods: MaskMethod[]) => ({ visibleWhen: { field: 'method', in: methods } })

const maskSchema = z.strictObject({
  ...columnSelectionFields,
  method: methodSchema.default('hash').meta(
    form('How', 'Comment', {
      options: [
        option('hash', 'Pseudonym (keyed hash)', 'Pseudonyme (empreinte à clé)'),
        option('redact', 'Replace by a fixed value', 'Remplacer par une valeur fixe'),
        option('partial', 'Hide all but the ends', 'Cacher tout sauf les bouts'),
        option('null', 'Empty', 'Vider'),
        option('shuffle', 'Shuffle among rows', 'Mélanger entre les lignes'),
        option('shift_date', 'Shift dates', 'Décaler les dates'),
        option('generalize_date', 'Coarser dates', 'Dates moins précises'),
        option('band', 'Round numbers down', 'Arrondir les nombres vers le bas'),
        option('noise', 'Add noise to numbers', 'Bruiter les nombres'),
      ],
    }),
  ),
  length: z
    .number()
    .int()
    .min(8)
    .max(64)
    .default(64)
    .meta(
      form('Length of the pseudonym', 'Longueur du pseudonyme', {
        ...only('hash'),
        advanced: true,
        help: text(
          'In hexadecimal digits. Fewer than 32 may give two values one pseudonym.',
          'En chiffres hexadécimaux. Moins de 32 peuvent donner un pseudonyme à deux valeurs.',
        ),
      }),
    ),
  prefix: z
    .string()
    .default('')
    .meta(form('Put before it', 'Mettre devant', { ...only('hash'), advanced: true, placeholder: 'customer-' })),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .default('***')
    .meta(form('Value', 'Valeur', { control: 'text', ...only('redact') })),
  first: z
    .number()
    .int()
    .min(0)
    .default(0)
    .meta(form('Leave the first', 'Laisser les premiers', only('partial'))),
  last: z
    .number()
    .int()
    .min(0)
    .default(4)
    .meta(form('Leave the last', 'Laisser les derniers', only('partial'))),
  mask: z
    .string()
    .min(1)
    .max(4)
    .default('*')
    .meta(form('Character for the rest', 'Caractère pour le reste', { ...only('partial'), advanced: true })),
  fixed: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .meta(
      form('Always so many of them', 'Toujours autant', {
        ...only('partial'),
        advanced: true,
        help: text('Hides how long the value was.', 'Cache la longueur de la valeur.'),
      }),
    ),
  keep_domain: z
    .boolean()
    .default(false)
    .meta(form('Leave what follows an @', 'Laisser ce qui suit un @', { ...only('partial'), advanced: true })),
  days: z
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(30)
    .meta(form('At most so many days', 'Au plus tant de jours', only('shift_date'))),
  by: z
    .string()
    .optional()
    .meta(
      form('The same shift for each', 'Le même décalage pour chaque', {
        ...only('shift_date'),
        control: 'column',
        port: 'in',
        help: text(
          'A person or an account: what lies between its dates stays true. Without it, all rows shift alike.',
          'Une personne, un compte : les durées entre ses dates restent vraies. Sinon, toutes les lignes se décalent autant.',
        ),
      }),
    ),
  unit: z
    .enum(['week', 'month', 'quarter', 'year', 'decade'])
    .default('year')
    .meta(
      form('To the start of its', 'Au début de son', {
        ...only('generalize_date'),
        options: [
          option('week', 'Week', 'Semaine'),
          option('month', 'Month', 'Mois'),
          option('quarter', 'Quarter', 'Trimestre'),
          option('year', 'Year', 'Année'),
          option('decade', 'Decade', 'Décennie'),
        ],
      }),
    ),
  step: z
    .number()
    .positive()
    .default(10)
    .meta(form('To multiples of', 'Aux multiples de', only('band'))),
  spread: z
    .number()
    .positive()
    .default(1)
    .meta(form('At most so much, up or down', 'Au plus autant, en plus ou en moins', only('noise'))),
})
export type Mask = z.output<typeof maskSchema>

const config = z.strictObject({
  masks: z
    .array(maskSchema)
    .min(1, 'add at least one column to mask')
    .meta(form('Columns to mask', 'Colonnes à masquer', { control: 'list' })),
  key: z
    .string()
    .optional()
    .meta(
      form('Key', 'Clé', {
        placeholder: '$' + '{env:MASK_KEY}',
        help: text(
          'A secret of 16 characters or more, from the environment and never written here. Pseudonyms, shifts, noise and shuffles follow from it.',
          'Un secret d’au moins 16 caractères, venant de l’environnement et jamais écrit ici. Pseudonymes, décalages, bruit et mélanges en découlent.',
        ),
      }),
    ),
})
export type MaskConfig = z.output<typeof config>

export const maskDescriptor = defineModule({
  type: 'transform.mask',
  version: 1,
  family: 'clean',
  title: { en: 'Mask', fr: 'Masquer' },
  summary: {
    en: 'Hides personal data: pseudonyms by keyed hash, redaction, shuffling, coarser dates and numbers.',
    fr: 'Cache des données personnelles : pseudonymes par empreinte à clé, caviardage, mélange, dates et nombres moins précis.',
  },
  documentation: {
    en: `- **hash** gives each value a pseudonym: HMAC-SHA-256 (RFC 2104) with your key over the value's text in UTF-8, in hexadecimal digits. The same value gets the same one in every column,
  file and run with that key, so that joins still work; without the key nobody can work it out by trying names. The result is text. 1 and 1.0 are different texts: mask before
  changing types, or after, but everywhere alike.
- **redact** puts one value of the column's own type in place of each; **null** empties the column. **partial** leaves the first and last characters of a text; one that is not longer
  than both together is hidden whole.
- **shuffle** gives each row the value of another row, in one circle through all rows: the values stay as a whole, their rows do not. The same rows and key give the same result.
- **shift_date** moves dates and timestamps by whole days, at most \`days\` to either side: alike for all rows, or for all rows with the same \`by\`. **generalize_date** takes the start of
  the week (Monday), month, quarter, year or decade.
- **band** rounds numbers down to a multiple of \`step\`; **noise** adds up to \`spread\` to either side, the same for the same value, rounded to the column's type. A result that the
  type cannot hold becomes NULL, and so does an infinite date.

NULL stays NULL: nothing is made up for what is not there. Columns keep names and places; types stay, save with hash.

**What this is not.** Pseudonymised data are personal data still (GDPR, article 4(5)): who has the key, or enough other columns, can tell who is meant. Frequencies
show through hashes; rare values show through shuffles; outliers show through noise and bands; a birth date and a postcode name most people. Mask or drop every column that tells.

**The key** is for \`$\{env:NAME}\`: a key in the file is readable by all who read the file. Errors never show it, but the SQL of the step (in the SQL view, in an exported
file) holds it in a padded form from which it can be worked out: share neither. Who loses the key cannot make the same pseudonyms again.`,
    fr: `- **hash** donne à chaque valeur un pseudonyme : HMAC-SHA-256 (RFC 2104) avec votre clé sur le texte de la valeur en UTF-8, en chiffres hexadécimaux. La même valeur a le même dans toute
  colonne, tout fichier et toute exécution avec cette clé : les jointures marchent encore ; sans la clé, essayer des noms ne mène à rien. Le résultat est du texte. 1 et 1.0 sont des textes
  différents : masquez avant de changer les types, ou après, mais partout pareil.
- **redact** met une valeur du type de la colonne à la place de chacune ; **null** vide la colonne. **partial** laisse les premiers et derniers caractères d’un texte ; s’il n’est pas plus
  long que les deux ensemble, il est caché en entier.
- **shuffle** donne à chaque ligne la valeur d’une autre, en un cercle par toutes les lignes : l’ensemble des valeurs reste, leurs lignes non. Mêmes lignes et même clé, même résultat.
- **shift_date** déplace dates et horodatages de jours entiers, au plus \`days\` de chaque côté : autant pour toutes les lignes, ou pour toutes celles d’un même \`by\`. **generalize_date**
  prend le début de la semaine (lundi), du mois, du trimestre, de l’année ou de la décennie.
- **band** arrondit vers le bas à un multiple de \`step\` ; **noise** ajoute jusqu’à \`spread\` de chaque côté, pareil pour une même valeur, arrondi au type de la colonne. Un résultat que le
  type ne peut tenir devient NULL, comme une date infinie.

NULL reste NULL : rien n’est inventé pour ce qui n’existe pas. Les colonnes gardent noms et places ; les types restent, sauf avec hash.

**Ce que ce n’est pas.** Des données pseudonymisées restent personnelles (RGPD, article 4(5)) : qui a la clé, ou assez d’autres colonnes, sait de qui il s’agit. Les fréquences se voient
à travers les empreintes, les valeurs rares à travers les mélanges, les extrêmes à travers bruit et paliers ; une date de naissance et un code postal désignent presque tout le monde.
Masquez ou retirez chaque colonne qui en dit trop.

**La clé** se donne par \`$\{env:NOM}\` : une clé dans le fichier se lit avec le fichier. Les erreurs ne la montrent jamais, mais le SQL de l’étape (dans la vue SQL, dans un fichier exporté)
la contient sous une forme dont on peut la tirer : ne partagez ni l’un ni l’autre. Qui perd la clé ne refait pas les mêmes pseudonymes.`,
  },
  icon: 'mask',
  keywords: [
    ...[
      'anonymize',
      'anonymise',
      'pseudonymize',
      'pseudonymise',
      'privacy',
      'gdpr',
      'hmac',
      'hash',
      'redact',
      'obfuscate',
      'scramble',
      'encrypt',
      'Anonymization',
    ],
    ...['anonymiser', 'pseudonymiser', 'rgpd', 'caviarder', 'confidentialité', 'masquer', 'empreinte'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Masked rows', fr: 'Lignes masquées' } }],
  config,
  defaultConfig: { masks: [{ method: 'redact' }] },
  example: {
    masks: [
      { columns: ['customer_id'], method: 'hash', length: 32 },
      { columns: ['iban', 'card'], method: 'partial', last: 4 },
      { columns: ['born'], method: 'generalize_date', unit: 'year' },
      { columns: ['visited_on'], method: 'shift_date', days: 30, by: 'customer_id' },
      { columns: ['salary'], method: 'band', step: 1000 },
    ],
    key: '$' + '{env:MASK_KEY}',
  },
  describe: ({ masks }) => {
    const shown = masks
      .slice(0, 3)
      .map(({ columns, pattern, kinds, method }) =>
        `${method.replace('_', ' ')} ${[...columns.slice(0, 2), ...(columns.length > 2 ? ['…'] : []), ...(pattern ? [pattern.slice(0, 30)] : []), ...kinds].join(', ')}`.trim(),
      )
    return shown.join(' · ') + (masks.length > 3 ? ` · +${masks.length - 3}` : '')
  },
})
