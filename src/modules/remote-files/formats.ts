import { z } from 'zod'
import { arrowExtractDescriptor } from '../extractors/arrow/descriptor.ts'
import { csvExtractDescriptor } from '../extractors/csv/descriptor.ts'
import { excelExtractDescriptor } from '../extractors/excel/descriptor.ts'
import { jsonExtractDescriptor } from '../extractors/json/descriptor.ts'
import { ndjsonExtractDescriptor } from '../extractors/ndjson/descriptor.ts'
import { parquetExtractDescriptor } from '../extractors/parquet/descriptor.ts'
import { xmlExtractDescriptor } from '../extractors/xml/descriptor.ts'
import { form, option } from '../kit/form.ts'

/** Fields that are the source's own, whatever the format. */
const OWN = ['path', 'folder_columns', 'hive_partitioning', 'hive_types', 'file_name_column', 'modified_column']

const DESCRIPTORS = {
  csv: csvExtractDescriptor,
  ndjson: ndjsonExtractDescriptor,
  json: jsonExtractDescriptor,
  parquet: parquetExtractDescriptor,
  excel: excelExtractDescriptor,
  xml: xmlExtractDescriptor,
  arrow: arrowExtractDescriptor,
} as const
export type Format = keyof typeof DESCRIPTORS
export const FORMATS = Object.keys(DESCRIPTORS) as readonly Format[]

const ENDINGS: readonly (readonly [RegExp, Format])[] = [
  [/\.(?:csv|tsv|txt)$/, 'csv'],
  [/\.(?:ndjson|jsonl)$/, 'ndjson'],
  [/\.json$/, 'json'],
  [/\.(?:parquet|parq)$/, 'parquet'],
  [/\.xlsx$/, 'excel'],
  [/\.xml$/, 'xml'],
  [/\.(?:arrow|arrows|feather|ipc)$/, 'arrow'],
]

/** By the ending of a name, without that of a compression. */
export function formatOf(name: string): Format | undefined {
  const bare = name.toLowerCase().replace(/\.(?:gz|zst|zip)$/, '')
  return ENDINGS.find(([ending]) => ending.test(bare))?.[1]
}

/** What a format's step asks about besides where its files are. */
function optionsOf(format: Format) {
  const { shape } = DESCRIPTORS[format].config as z.ZodObject
  return z.strictObject(Object.fromEntries(Object.entries(shape).filter(([name]) => !OWN.includes(name))))
}

const TITLES: Readonly<Record<Format, string>> = {
  csv: 'CSV',
  ndjson: 'NDJSON',
  json: 'JSON',
  parquet: 'Parquet',
  excel: 'Excel',
  xml: 'XML',
  arrow: 'Arrow',
}

/** `format`, and for each one a group of its options. */
export const formatFields = {
  format: z
    .enum(['auto', ...FORMATS])
    .default('auto')
    .meta(
      form('Format', 'Format', {
        control: 'select',
        options: [
          option('auto', 'By the names of the files', 'Selon les noms des fichiers'),
          ...FORMATS.map((format) => option(format, TITLES[format], TITLES[format])),
        ],
      }),
    ),
  ...(Object.fromEntries(
    FORMATS.map((format) => [
      format,
      optionsOf(format)
        .optional()
        .meta(
          form(`Reading ${TITLES[format]}`, `Lecture ${TITLES[format]}`, {
            control: 'group',
            advanced: true,
            visibleWhen: { field: 'format', in: [format] },
          }),
        ),
    ]),
  ) as Record<Format, z.ZodOptional<z.ZodObject>>),
}
