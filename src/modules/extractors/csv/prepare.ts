import { toErrorInfo, userError } from '../../../shared/errors.ts'
import type { InputFile, PrepareRequest } from '../../kit/contract.ts'
import { canonicalType } from '../../kit/files/column-type.ts'
import { detectType } from '../../kit/files/detect-type.ts'
import { reconcileColumns } from '../../kit/files/drift.ts'
import { fileList } from '../../kit/files/input-files.ts'
import { checkSourceColumns, sourceFacts, sourceFilesOf } from '../../kit/files/source.ts'
import { nameKey } from '../../kit/inputs.ts'
import { sql } from '../../kit/sql.ts'
import type { CsvColumn, CsvConfig } from './descriptor.ts'
import { explainStructure } from './explain.ts'
import type { CsvColumnFacts, CsvFacts, CsvFile } from './facts.ts'
import { type CsvSample, sampleFile } from './sample.ts'
import { stageFile } from './stage.ts'
import { examplesFor } from './warnings.ts'

/** How many rows of each of many files are looked at, at the least. */
const LEAST_ROWS = 50
/** Of the files that a folder stands for. */
export const ENDINGS = ['csv', 'tsv', 'txt']

export async function prepareCsv(request: PrepareRequest<CsvConfig>): Promise<CsvFacts> {
  const { config } = request
  const found = await sourceFilesOf(config, request, ENDINGS)
  const samples = await sampleFiles(found, request)
  const sources = new Map(found.map((file) => [file.path, file]))
  const { columns, drift } = columnFacts(samples, config)
  const source = sourceFacts(config, found)
  checkColumns(columns, config)
  checkSourceColumns(config, source, namesOf(columns, config))
  const ready: CsvFile[] = []
  // Texts of one relation come from one kind of source, so that every row has its line or none has.
  const stage =
    config.on_bad_row === 'reject' ||
    config.row_number_column !== undefined ||
    samples.some((sample) => !readsAsItIs(sample, config))
  for (const { file } of samples) {
    const input = sources.get(file.path)
    if (!stage || !input) ready.push(file)
    else {
      const staged = await stageFile(file, input, request)
      if (config.on_bad_row === 'fail') {
        const { rows } = await request.session.query(
          sql`SELECT count(*) FROM read_parquet(${fileList([{ path: staged.rejects }])})`,
        )
        if (rows[0]?.[0] !== '0')
          throw (await explainStructure([file], config, request.signal)) ?? new TypeError('no problem found')
      }
      ready.push({ ...file, staged })
    }
  }
  const bytes = found.reduce((sum, file) => sum + file.bytes, 0)
  return { files: ready, columns, bytes, source, ...(drift ? { drift } : {}) }
}

async function sampleFiles(
  found: readonly InputFile[],
  { config, signal }: PrepareRequest<CsvConfig>,
): Promise<CsvSample[]> {
  const wanted = config.sample_rows === 'all' ? Number.POSITIVE_INFINITY : config.sample_rows
  const each = Math.max(Math.ceil(wanted / found.length), Math.min(wanted, LEAST_ROWS))
  const samples: CsvSample[] = []
  let empty: unknown
  for (const file of found) {
    try {
      samples.push(await sampleFile(file, config, each, signal))
    } catch (error) {
      // Of many files one may be empty; of one it is an error.
      if (found.length === 1 || toErrorInfo(error).code !== 'csv.empty') throw error
      empty = error
    }
  }
  if (samples.length === 0) throw empty
  return samples
}

function columnFacts(samples: readonly CsvSample[], config: CsvConfig): { columns: CsvColumnFacts[]; drift?: string } {
  const values = new Map<string, string[]>()
  for (const sample of samples) {
    for (const [name, some] of sample.values) {
      const all = values.get(nameKey(name))
      if (all) for (const value of some) all.push(value)
      else values.set(nameKey(name), [...some])
    }
  }
  const { columns, drift } = reconcileColumns(
    samples.map(({ file }) => file),
    config.when_columns_differ,
  )
  const facts = columns.map((name) => factsOf(name, values.get(nameKey(name)) ?? [], config.columns?.[name], config))
  return { columns: facts, ...(drift ? { drift } : {}) }
}

function factsOf(
  name: string,
  values: readonly string[],
  given: CsvColumn | undefined,
  config: CsvConfig,
): CsvColumnFacts {
  const decimal = given?.decimal_separator ?? config.decimal_separator
  const thousands = given?.thousands_separator ?? config.thousands_separator
  const detected = detectType(values, {
    decimal,
    thousands,
    dateFormat: given?.type === undefined ? (given?.format ?? config.date_format) : config.date_format,
    timestampFormat: given?.format ?? config.timestamp_format,
  })
  const type = canonicalType(given?.type ?? detected.type)
  const isDate = type === 'DATE'
  const fileFormat = isDate ? config.date_format : type.startsWith('TIMESTAMP') ? config.timestamp_format : undefined
  const format = given?.format ?? fileFormat ?? (sameKind(type, detected.type) ? detected.format : undefined)
  const decimalSeparator = decimal ?? detected.decimalSeparator
  const thousandsSeparator = thousands ?? detected.thousandsSeparator
  const note = given?.type === undefined ? detected.note : undefined
  const examples = note && examplesFor(note, values)
  return {
    name,
    type,
    ...(format ? { format } : {}),
    ...(decimalSeparator ? { decimalSeparator } : {}),
    ...(thousandsSeparator ? { thousandsSeparator } : {}),
    ...(note ? { note } : {}),
    ...(examples ? { examples } : {}),
  }
}

const sameKind = (one: string, other: string): boolean => one.replace(/_.*/, '') === other

function checkColumns(columns: readonly CsvColumnFacts[], config: CsvConfig): void {
  for (const name of Object.keys(config.columns ?? {})) {
    if (columns.some((column) => column.name === name)) continue
    throw userError('column.missing', `There is no column ${name} in the file.`, {
      hint: `Its columns are ${columns
        .slice(0, 30)
        .map((column) => column.name)
        .join(', ')}.`,
      field: ['columns', name],
    })
  }
  const seen = new Set<string>()
  for (const name of namesOf(columns, config)) {
    if (seen.has(name.toLowerCase())) {
      throw userError('column.duplicate', `There are two columns ${name}.`, {
        hint: 'Give one of them another name.',
        field: ['columns', name],
      })
    }
    seen.add(name.toLowerCase())
  }
}

const namesOf = (columns: readonly CsvColumnFacts[], config: CsvConfig): string[] =>
  columns.map(({ name }) => config.columns?.[name]?.name ?? name)

function readsAsItIs(sample: CsvSample, config: CsvConfig): boolean {
  return sample.plain && config.on_invalid_bytes === 'fail'
}

/** The config with what was detected spelt out. */
export async function detectCsv(request: PrepareRequest<CsvConfig>): Promise<Record<string, unknown>> {
  const found = await sourceFilesOf(request.config, request, ENDINGS)
  const samples = await sampleFiles(found, request)
  const sampled = { files: samples.map((sample) => sample.file), ...columnFacts(samples, request.config) }
  const [first] = sampled.files
  const { config } = request
  const columns = Object.fromEntries(
    sampled.columns.map((column) => [
      column.name,
      {
        ...config.columns?.[column.name],
        type: column.type,
        ...(column.format ? { format: column.format } : {}),
        ...(column.decimalSeparator ? { decimal_separator: column.decimalSeparator } : {}),
        ...(column.thousandsSeparator ? { thousands_separator: column.thousandsSeparator } : {}),
      },
    ]),
  )
  return {
    ...config,
    delimiter: first?.dialect.delimiter ?? ',',
    header: first?.header ? 'yes' : 'no',
    skip: first?.dialect.skip ?? 0,
    quote: first?.dialect.quote ?? '"',
    escape: first?.dialect.escape ?? '"',
    columns,
  }
}
