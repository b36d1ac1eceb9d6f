import { type LogiDataError, userError } from '../../../shared/errors.ts'
import type { ExplainRequest } from '../../kit/contract.ts'
import { type CsvRecord, RecordSplitter } from '../../kit/files/record-splitter.ts'
import { readText } from '../../kit/files/text-stream.ts'
import type { CsvConfig } from './descriptor.ts'
import type { CsvFacts, CsvFile } from './facts.ts'
import { structuralProblem } from './problems.ts'

/** Names the file and line of what went wrong, by reading the file again up to there. */
export async function explainCsv(request: ExplainRequest<CsvConfig, CsvFacts>): Promise<LogiDataError | undefined> {
  const { error, facts, config, signal } = request
  if (error.info.code === 'csv.bad-value') return explainValue(error, facts, config, signal)
  const cause = error.cause instanceof Error ? error.cause.message : error.message
  const mine = facts.files.filter((file) => !file.staged && cause.includes(file.path))
  if (!/CSV Error|CSV Parser|unicode|maximum line size/i.test(cause)) return undefined
  return mine.length > 0 ? explainStructure(mine, config, signal) : undefined
}

async function explainValue(
  error: LogiDataError,
  facts: CsvFacts,
  config: CsvConfig,
  signal: AbortSignal,
): Promise<LogiDataError | undefined> {
  const [, name] = error.info.field ?? []
  const head = /^(.*?), (?:line \d+, )?column /.exec(error.message)?.[1]
  const file = facts.files.find((candidate) => candidate.name === head)
  if (!file || typeof name !== 'string') return undefined
  if (file.staged) return error
  const value = /: "([\s\S]*)" is not exactly a /.exec(error.message)?.[1]
  const column = file.columns.indexOf(name)
  for await (const record of recordsOf(file, config, signal)) {
    if (record.fields[column]?.value.trim() !== value) continue
    const message = error.message.replace(`${file.name}, `, `${file.name}, line ${record.line}, `)
    return userError('csv.bad-value', message, { ...error.info, cause: error.cause })
  }
  return error
}

/** The first record that cannot be put into columns. */
export async function explainStructure(
  files: readonly CsvFile[],
  config: CsvConfig,
  signal: AbortSignal,
): Promise<LogiDataError | undefined> {
  for (const file of files) {
    for await (const record of recordsOf(file, config, signal)) {
      if (record.text === '' && file.columns.length > 1) continue
      const reason = structuralProblem(record, file.columns.length)
      if (reason === undefined) continue
      const text = record.text.length > 120 ? `${record.text.slice(0, 120)}…` : record.text
      return userError('csv.bad-row', `${file.name}, line ${record.line}: ${reason}: ${text}`, {
        hint: 'Correct the file, let such rows go to the port "reject", or set delimiter, quote and skip.',
        field: ['on_bad_row'],
      })
    }
  }
  return undefined
}

async function* recordsOf(file: CsvFile, config: CsvConfig, signal: AbortSignal): AsyncGenerator<CsvRecord> {
  const splitter = new RecordSplitter(file.dialect)
  const options = { compression: file.compression, encoding: config.encoding, invalid: config.on_invalid_bytes, signal }
  for await (const piece of readText(file, options)) yield* splitter.push(piece)
  yield* splitter.push('', true)
}
