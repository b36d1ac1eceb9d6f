import { userError } from '../../../shared/errors.ts'
import type { InputFile } from '../../kit/contract.ts'
import type { ReadBudget } from '../../kit/files/read-budget.ts'
import { recordModule } from '../../kit/files/records/module.ts'
import type { StagedRecord } from '../../kit/files/records/stage.ts'
import { textTyping } from '../../kit/files/records/typing.ts'
import { LONGEST_LINE, type TextLine, textLines } from '../../kit/files/text-lines.ts'
import { compressionOf } from '../../kit/files/text-stream.ts'
import { mapWithinTime } from '../../kit/within-time.ts'
import { type TextConfig, textExtractDescriptor } from './descriptor.ts'
import { type LineReader, lineReader } from './formats.ts'

export const textExtract = recordModule(textExtractDescriptor, 'text', ['txt', 'log'], ({ config, signal }) => {
  const read = lineReader(config)
  return {
    key: 1,
    typing: () => textTyping(0),
    records: (file, budget) => recordsOf(file, config, read, signal, budget),
  }
})

async function* recordsOf(
  file: InputFile,
  config: TextConfig,
  read: LineReader,
  signal: AbortSignal,
  budget: ReadBudget | undefined,
): AsyncGenerator<StagedRecord> {
  for await (const records of wholeRecords(file, config, signal, budget)) {
    const values = mapWithinTime(records, ({ text }) =>
      text.length > LONGEST_LINE || text.includes('\0') ? undefined : read(text),
    )
    refuseSlow(file, records[values.length], 'pattern')
    for (const [index, record] of records.entries()) yield* outcomeOf(record, values[index], config)
  }
}

function* outcomeOf(
  { line, text }: TextLine,
  value: ReturnType<LineReader>,
  config: TextConfig,
): Generator<StagedRecord> {
  if (config.skip_empty && text === '') return
  if (text.length > LONGEST_LINE)
    yield { line, problem: 'this line is longer than 10 million characters', raw: `${text.slice(0, 200)}…` }
  else if (text.includes('\0'))
    yield {
      line,
      problem: 'this line holds a NUL character: it is no text, or in another encoding',
      raw: text.replaceAll('\0', '␀').slice(0, 2000),
    }
  else if (value) yield { line, value }
  else if (config.unmatched === 'bad') yield { line, problem: 'this line does not match the pattern', raw: text }
}

/** @param stuck the line at which the expression was ended */
function refuseSlow(file: InputFile, stuck: TextLine | undefined, field: 'pattern' | 'record_starts'): void {
  if (!stuck) return
  throw userError('text.slow-pattern', `${file.name}, line ${stuck.line}: the pattern takes too long on this line.`, {
    hint: 'It tries too many ways to match: avoid repeating what repeats, such as (a+)+ or (.*,)*, and say what may not stand between, as in [^,]*.',
    field: [field],
  })
}

/** Lines, or those that belong together as one, in batches. */
async function* wholeRecords(
  file: InputFile,
  config: TextConfig,
  signal: AbortSignal,
  budget: ReadBudget | undefined,
): AsyncGenerator<readonly TextLine[]> {
  const { encoding, on_invalid_bytes: invalid, skip, record_starts } = config
  const starts = record_starts === undefined ? undefined : new RegExp(record_starts, 'u')
  let held: { line: number; parts: string[]; size: number } | undefined
  for await (const lines of textLines(file, {
    compression: compressionOf(config.compression, file.name),
    encoding,
    invalid,
    signal,
    budget,
  })) {
    const wanted = lines.filter(({ line }) => line > skip)
    if (!starts) {
      yield wanted
      continue
    }
    const begins = mapWithinTime(wanted, ({ text }) => starts.test(text))
    refuseSlow(file, wanted[begins.length], 'record_starts')
    const whole: TextLine[] = []
    for (const [index, each] of wanted.entries()) {
      if (held && !begins[index] && held.size < LONGEST_LINE) {
        held.parts.push(each.text)
        held.size += each.text.length
      } else {
        if (held) whole.push({ line: held.line, text: held.parts.join('\n') })
        held = { line: each.line, parts: [each.text], size: each.text.length }
      }
    }
    yield whole
  }
  if (held && !budget?.cut) yield [{ line: held.line, text: held.parts.join('\n') }]
}
