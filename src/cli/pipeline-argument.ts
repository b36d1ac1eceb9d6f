import { readFile } from 'node:fs/promises'
import { toOperationalError } from '../main/files/file-errors.ts'
import type { Problem } from '../shared/engine/types.ts'
import { LogiDataError, userError } from '../shared/errors.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import { type Positions, readPipeline } from '../shared/pipeline/read-pipeline.ts'

/** A pipeline file that was named on the command line. */
export interface PipelineArgument {
  /** As it was typed. */
  readonly file: string
  readonly text: string
  readonly document: PipelineDocument | undefined
  /** `document` is all of the file: nothing in it had to be left out. */
  readonly complete: boolean
  /** Of reading it; those of its meaning come from the engine. */
  readonly problems: readonly Problem[]
  readonly positions: Positions
}

/** @throws LogiDataError `usage.file` if there is no such file */
export async function readPipelineArgument(file: string): Promise<PipelineArgument> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (thrown) {
    const error = toOperationalError(thrown, file)
    if (!(error instanceof LogiDataError)) throw error
    throw userError('usage.file', error.message, { hint: 'Name a pipeline file: pipelines/NAME.pipeline.yaml' })
  }
  const text = decode(bytes, file)
  const { document, complete, problems, positions } = readPipeline(text)
  return { file, text, document, complete, problems, positions }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw userError('pipeline.encoding', `${file} is not UTF-8 text.`, { hint: 'Save it as UTF-8.' })
  }
}

/** Fills in where in the file a problem is that knows only its node and field. */
export function locate(problem: Problem, positions: Positions): Problem {
  if (problem.position) return problem
  for (const path of pathsOf(problem)) {
    const position = positions.at(path)
    if (position) return { ...problem, position }
  }
  return problem
}

/** From the most exact place to the node as a whole; a key that the file leaves out has no place of its own. */
function* pathsOf({ nodeId, field = [] }: Problem): Generator<(string | number)[]> {
  if (nodeId === undefined) return
  for (let length = field.length; length > 0; length--) yield ['nodes', nodeId, 'config', ...field.slice(0, length)]
  yield ['nodes', nodeId]
}
