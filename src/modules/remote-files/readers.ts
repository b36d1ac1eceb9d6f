import type { RelationModule } from '../kit/contract.ts'
import type { Format } from './formats.ts'

// biome-ignore lint/suspicious/noExplicitAny: readers of every format, each with a config of its own.
export type Reader = RelationModule<any, any>

const LOAD: Readonly<Record<Format, () => Promise<Reader>>> = {
  csv: async () => (await import('../extractors/csv/implementation.ts')).csvExtract,
  ndjson: async () => (await import('../extractors/ndjson/implementation.ts')).ndjsonExtract,
  json: async () => (await import('../extractors/json/implementation.ts')).jsonExtract,
  parquet: async () => (await import('../extractors/parquet/implementation.ts')).parquetExtract,
  excel: async () => (await import('../extractors/excel/implementation.ts')).excelExtract,
  xml: async () => (await import('../extractors/xml/implementation.ts')).xmlExtract,
  arrow: async () => (await import('../extractors/arrow/implementation.ts')).arrowExtract,
}

/** The reader of a format: that of the step which reads such files of the project. */
export const readerOf = (format: Format): Promise<Reader> => LOAD[format]()
