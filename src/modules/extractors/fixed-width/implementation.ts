import { userError } from '../../../shared/errors.ts'
import type { InputFile, PrepareRequest, RelationModule } from '../../kit/contract.ts'
import type { ReadBudget } from '../../kit/files/read-budget.ts'
import { compileRecords } from '../../kit/files/records/compile.ts'
import type { RecordConfig } from '../../kit/files/records/config.ts'
import { type RecordFacts, type StagedRecord, stageRecords } from '../../kit/files/records/stage.ts'
import { textTyping } from '../../kit/files/records/typing.ts'
import { recordWarnings } from '../../kit/files/records/warnings.ts'
import { patternOf, sourceFilesOf } from '../../kit/files/source.ts'
import { type TextLine, textLines } from '../../kit/files/text-lines.ts'
import { compressionOf } from '../../kit/files/text-stream.ts'
import { checkDistinctNames } from '../../kit/inputs.ts'
import { type FixedConfig, type FixedField, fixedWidthExtractDescriptor } from './descriptor.ts'
import { detectFields, type Place, placesOf, valueAt } from './layout.ts'

const ENDINGS = ['txt', 'dat', 'fwf', 'prn']
const SAMPLE = 1000

export const fixedWidthExtract: RelationModule<typeof fixedWidthExtractDescriptor, RecordFacts> = {
  kind: 'relation',
  descriptor: fixedWidthExtractDescriptor,
  sources: (config) => [patternOf(config.path, ENDINGS)],
  prepare,
  async detect(request) {
    const { config, signal } = request
    const found = await sourceFilesOf(config, request, ENDINGS)
    const fields = await fieldsOf(found, config, signal)
    const facts = await prepare(request)
    const types = new Map(facts.columns.map((column) => [column.name, column]))
    return {
      ...config,
      fields: fields.map((field) => {
        const { type, format } = types.get(field.name) ?? {}
        return { ...field, ...(type ? { type } : {}), ...(format ? { format } : {}) }
      }),
    }
  },
  compile: ({ config, facts }) => compileRecords('fixed', recordConfig(config, config.fields), facts),
  warnings: (facts, config) => recordWarnings(facts, recordConfig(config, config.fields)),
  partial: (facts) => facts.partial === true,
  size: (facts) => ({ bytes: facts.bytes }),
}

function recordConfig(config: FixedConfig, fields: readonly FixedField[]): RecordConfig {
  const columns = fields.flatMap(({ name, type, format }) =>
    type === undefined ? [] : [[name, { type, ...(format ? { format } : {}) }] as const],
  )
  return { ...config, columns: Object.fromEntries(columns) }
}

async function prepare(request: PrepareRequest<FixedConfig>): Promise<RecordFacts> {
  const { config, signal } = request
  const found = await sourceFilesOf(config, request, ENDINGS)
  const fields = await fieldsOf(found, config, signal)
  const places = placesOf(fields)
  const longest = Math.max(...places.map(({ to }) => to))
  return stageRecords({ ...request, config: recordConfig(config, fields) }, found, {
    family: 'fixed',
    key: [1, config],
    typing: () => textTyping(0),
    names: () => fields.map(({ name }) => name),
    async *records(file, budget) {
      let header = config.header
      for await (const each of linesOf(file, config, signal, budget)) {
        if (header) header = false
        else yield recordOf(each, places, longest, config)
      }
    },
  })
}

async function fieldsOf(
  found: readonly InputFile[],
  config: FixedConfig,
  signal: AbortSignal,
): Promise<readonly FixedField[]> {
  if (config.fields.length > 0) {
    checkDistinctNames(config.fields, 'The list of columns', ['fields'])
    return config.fields
  }
  const lines: string[] = []
  for (const file of found) {
    for await (const { text } of linesOf(file, config, signal)) {
      lines.push(text)
      if (lines.length >= SAMPLE) break
    }
    if (lines.length > 0) break
  }
  const fields = detectFields(lines, config.header)
  if (fields.length > 0) return fields
  throw userError('fixed.empty', `There is no line in ${config.path} to find columns from.`, {
    hint: 'Check the path, and "skip" if it is set.',
    field: ['path'],
  })
}

async function* linesOf(
  file: InputFile,
  config: FixedConfig,
  signal: AbortSignal,
  budget?: ReadBudget,
): AsyncGenerator<TextLine> {
  const { encoding, skip } = config
  for await (const lines of textLines(file, {
    compression: compressionOf(config.compression, file.name),
    encoding,
    invalid: 'fail',
    signal,
    budget,
  }))
    for (const each of lines) if (each.line > skip && each.text !== '') yield each
}

function recordOf(
  { line, text }: TextLine,
  places: readonly Place[],
  longest: number,
  config: FixedConfig,
): StagedRecord {
  const bad = (problem: string): StagedRecord => ({ line, problem, raw: text.slice(0, 10_000).replaceAll('\0', '␀') })
  if (text.includes('\0')) return bad('this line holds a NUL character: it is no text, or in another encoding')
  const characters = [...text]
  if (
    characters.length > longest &&
    config.long_lines === 'bad' &&
    characters.slice(longest).some((character) => character.trim() !== '')
  )
    return bad(`this line has ${characters.length} characters, and ${longest} is the most`)
  // Editors take blanks away from the end of a line: a column may be cut there, but not be missing.
  const last = places.find(({ from }) => from >= characters.length)
  if (last && config.short_lines === 'bad')
    return bad(
      `this line ends after ${characters.length} characters, before the column ${last.name} at ${last.from + 1}`,
    )
  return {
    line,
    value: Object.fromEntries(places.map((place) => [place.name, valueAt(characters, place, config.trim)])),
  }
}
