import { realpath } from 'node:fs/promises'
import { writeAtomically } from '../../main/files/write-atomically.ts'
import { userError } from '../../shared/errors.ts'
import { writePipeline } from '../../shared/pipeline/write-pipeline.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { readPipelineArgument } from '../pipeline-argument.ts'
import { reportInvalid } from '../report-invalid.ts'

export interface FormatOptions {
  readonly check?: boolean
  readonly write?: boolean
  readonly json?: boolean
}

/** `logidata format FILE...`: the canonical text, printed, compared or written back. Comments stay. */
export async function format(
  files: readonly string[],
  options: FormatOptions,
  context: CommandContext,
): Promise<number> {
  const { terminal } = context
  if (options.check && options.write) throw userError('usage.option', 'Choose either --check or --write.')
  if (files.length > 1 && !options.check && !options.write)
    throw userError('usage.option', 'Only one file can be printed.', { hint: 'Use --check or --write for several.' })

  const results: { file: string; canonical: boolean; written: boolean }[] = []
  for (const file of files) {
    const pipeline = await readPipelineArgument(file)
    // What could not be read would be missing in the file that is written.
    if (!pipeline.document || pipeline.problems.length > 0)
      return reportInvalid(pipeline, pipeline.problems, options, terminal)
    const text = writePipeline(pipeline.document, pipeline.text)
    const canonical = text === pipeline.text
    const written = options.write === true && !canonical
    // Through a link to the file itself: replacing the link would leave the file as it was.
    if (written) await writeAtomically(await realpath(file), text)
    if (!options.check && !options.write && !options.json) terminal.out.write(text)
    results.push({ file, canonical, written })
  }

  const different = results.filter(({ canonical }) => !canonical)
  if (options.json) printJson(terminal, { files: results })
  else if (options.check) for (const { file } of different) terminal.out.write(`${file}: not in canonical form\n`)
  else if (options.write) for (const { file } of different) terminal.say(`${file}: written`)
  return options.check && different.length > 0 ? EXIT.failed : EXIT.success
}
