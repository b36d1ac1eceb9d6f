import type { InputFile } from '../../kit/contract.ts'
import type { JsonConfig } from '../../kit/files/json/config.ts'
import { parseExactly } from '../../kit/files/json/shape.ts'
import type { ReadBudget } from '../../kit/files/read-budget.ts'
import type { StagedRecord } from '../../kit/files/records/stage.ts'
import { compressionOf, readText } from '../../kit/files/text-stream.ts'

/** One record per line; empty lines are nothing. */
export async function* recordsOf(
  file: InputFile,
  config: JsonConfig,
  signal: AbortSignal,
  budget?: ReadBudget,
): AsyncGenerator<StagedRecord> {
  const compression = compressionOf(config.compression, file.name)
  let rest = ''
  let line = 0
  for await (const piece of readText(file, { compression, encoding: 'auto', invalid: 'fail', signal, budget })) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) {
      line++
      if (text.trim() !== '') yield recordOf(text, line)
    }
  }
  if (rest.trim() !== '' && !budget?.cut) yield recordOf(rest, line + 1)
}

function recordOf(raw: string, line: number): StagedRecord {
  try {
    const value = parseExactly(raw)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { line, value: value as Record<string, unknown> }
    }
    return { line, raw, problem: 'this is no object' }
  } catch (error) {
    return { line, raw, problem: `this is no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}
