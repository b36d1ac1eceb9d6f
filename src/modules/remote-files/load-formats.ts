import { z } from 'zod'
import { form, option } from '../kit/form.ts'
import { arrowLoadDescriptor } from '../loaders/arrow/descriptor.ts'
import { csvLoadDescriptor } from '../loaders/csv/descriptor.ts'
import { excelLoadDescriptor } from '../loaders/excel/descriptor.ts'
import { jsonLoadDescriptor } from '../loaders/json/descriptor.ts'
import { parquetLoadDescriptor } from '../loaders/parquet/descriptor.ts'
import { xmlLoadDescriptor } from '../loaders/xml/descriptor.ts'

/** Fields that are the target's own, whatever the format. */
const OWN = ['path', 'mode', 'partition_by']

const DESCRIPTORS = {
  parquet: parquetLoadDescriptor,
  csv: csvLoadDescriptor,
  json: jsonLoadDescriptor,
  excel: excelLoadDescriptor,
  xml: xmlLoadDescriptor,
  arrow: arrowLoadDescriptor,
} as const
export type LoadFormat = keyof typeof DESCRIPTORS
export const LOAD_FORMATS = Object.keys(DESCRIPTORS) as readonly LoadFormat[]

/** What the names of files of a format end with, where the path names a folder. */
export const ENDING: Readonly<Record<LoadFormat, string>> = {
  parquet: '.parquet',
  csv: '.csv',
  json: '.ndjson',
  excel: '.xlsx',
  xml: '.xml',
  arrow: '.arrow',
}

const BY_ENDING: readonly (readonly [RegExp, LoadFormat])[] = [
  [/\.(?:parquet|parq)$/, 'parquet'],
  [/\.(?:csv|tsv|txt)$/, 'csv'],
  [/\.(?:json|ndjson|jsonl)$/, 'json'],
  [/\.xlsx$/, 'excel'],
  [/\.xml$/, 'xml'],
  [/\.(?:arrow|arrows|feather|ipc)$/, 'arrow'],
]

/** By the ending of a name; a folder gets Parquet. */
export function loadFormatOf(path: string): LoadFormat | undefined {
  if (path.endsWith('/')) return 'parquet'
  const bare = path.toLowerCase().replace(/\.(?:gz|zst)$/, '')
  return BY_ENDING.find(([ending]) => ending.test(bare))?.[1]
}

function optionsOf(format: LoadFormat) {
  const { shape } = DESCRIPTORS[format].config as z.ZodObject
  return z.strictObject(Object.fromEntries(Object.entries(shape).filter(([name]) => !OWN.includes(name))))
}

const TITLES: Readonly<Record<LoadFormat, string>> = {
  parquet: 'Parquet',
  csv: 'CSV',
  json: 'JSON',
  excel: 'Excel',
  xml: 'XML',
  arrow: 'Arrow',
}

/** `format`, and for each one a group of its options. */
export const loadFormatFields = {
  format: z
    .enum(['auto', ...LOAD_FORMATS])
    .default('auto')
    .meta(
      form('Format', 'Format', {
        control: 'select',
        options: [
          option('auto', 'By the name; Parquet in a folder', 'Selon le nom ; Parquet dans un dossier'),
          ...LOAD_FORMATS.map((format) => option(format, TITLES[format], TITLES[format])),
        ],
      }),
    ),
  ...(Object.fromEntries(
    LOAD_FORMATS.map((format) => [
      format,
      optionsOf(format)
        .optional()
        .meta(
          form(`Writing ${TITLES[format]}`, `Écriture ${TITLES[format]}`, {
            control: 'group',
            advanced: true,
            visibleWhen: { field: 'format', in: [format] },
          }),
        ),
    ]),
  ) as Record<LoadFormat, z.ZodOptional<z.ZodObject>>),
}
