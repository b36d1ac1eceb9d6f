import { z } from 'zod'
import { depthField, recordFields } from './files/records/config.ts'
import { form, option, text } from './form.ts'

/** A list of names and texts: headers, parameters of a query. */
export const pairsField = (en: string, fr: string, placeholder: string, advanced = true) =>
  z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .meta(form('Name', 'Nom', { placeholder })),
        value: z.string().meta(form('Value', 'Valeur')),
      }),
    )
    .optional()
    .meta(form(en, fr, { control: 'list', advanced }))

/** What sources that come from an API ask about their rows. */
export const rowFields = {
  columns: recordFields.columns,
  on_bad_row: recordFields.on_bad_row,
  new_fields: z
    .enum(['fail', 'ignore'])
    .default('fail')
    .meta(
      form('A field that the sample had not', 'Un champ absent de l’échantillon', {
        options: [
          option('fail', 'is a row that cannot be read', 'rend la ligne illisible'),
          option('ignore', 'is left out', 'est laissé de côté'),
        ],
        advanced: true,
      }),
    ),
  sample_rows: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .meta(
      form('Rows that decide the types', 'Lignes qui décident des types', {
        help: text(
          'Read anew at the start of each run. More of them cost requests, and are surprised less often.',
          'Relues au début de chaque exécution. Davantage coûte des requêtes et laisse moins de surprises.',
        ),
        advanced: true,
      }),
    ),
  max_depth: depthField,
  incremental: z
    .strictObject({
      initial: z.string().meta(
        form('Value of $cursor at first', 'Valeur de $cursor au début', {
          help: text(
            'Write $cursor where the request says from when on: it is this at first, and then what the last run found.',
            'Écrivez $cursor là où la requête dit à partir d’où : c’est ceci au début, puis ce que la dernière exécution a trouvé.',
          ),
          placeholder: '1970-01-01T00:00:00Z',
        }),
      ),
      from: z
        .enum(['column', 'header', 'path'])
        .default('column')
        .meta(
          form('Goes on from', 'Continue à partir de', {
            options: [
              option('column', 'the largest value of a column', 'la plus grande valeur d’une colonne'),
              option('header', 'a header of the last answer', 'un en-tête de la dernière réponse'),
              option('path', 'a path in the last answer', 'un chemin dans la dernière réponse'),
            ],
          }),
        ),
      name: z
        .string()
        .min(1)
        .meta(form('Its name', 'Son nom', { placeholder: 'updated_at' })),
    })
    .optional()
    .meta(form('Only what is new', 'Seulement le nouveau', { control: 'group', advanced: true })),
}

const rowConfig = z.object(rowFields)
export type RowConfig = z.output<typeof rowConfig>
export type Incremental = NonNullable<RowConfig['incremental']>
