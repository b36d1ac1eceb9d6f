import type { LoadModule } from '../kit/contract.ts'
import type { LoadFormat } from './load-formats.ts'

// biome-ignore lint/suspicious/noExplicitAny: writers of every format, each with a config of its own.
export type Writer = LoadModule<any>

const LOAD: Readonly<Record<LoadFormat, () => Promise<Writer>>> = {
  parquet: async () => (await import('../loaders/parquet/implementation.ts')).parquetLoad,
  csv: async () => (await import('../loaders/csv/implementation.ts')).csvLoad,
  json: async () => (await import('../loaders/json/implementation.ts')).jsonLoad,
  excel: async () => (await import('../loaders/excel/implementation.ts')).excelLoad,
  xml: async () => (await import('../loaders/xml/implementation.ts')).xmlLoad,
  arrow: async () => (await import('../loaders/arrow/implementation.ts')).arrowLoad,
}

/** The writer of a format: that of the step which writes such files into the project. */
export const writerOf = (format: LoadFormat): Promise<Writer> => LOAD[format]()
