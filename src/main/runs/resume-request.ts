import { userError } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RunRequest } from '../../shared/runs/history.ts'
import { PipelineFiles } from '../projects/pipeline-files.ts'

/** What the next attempts of a run are asked for in place of what the ones before were. */
export interface ResumeWith {
  /** The pipeline after what was wrong with it was mended. What is finished and still right is not done again. */
  readonly document?: PipelineDocument | undefined
  /** Over those given before: secrets, which are not written down, or a value that was wrong. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/**
 * @param before with the values of its secrets, where they are known
 * @param environment the variables that a document may read, with their values
 * @throws LogiDataError `run.replays` when the run reads rejected rows again: they belong to the pipeline that it has
 */
export function resumedRequest(
  before: RunRequest,
  { document = before.document, parameters = {} }: ResumeWith,
  environment: (document: PipelineDocument) => Readonly<Record<string, string>>,
): RunRequest {
  if (document === before.document)
    return { ...before, parameters: knownTo(document, { ...before.parameters, ...parameters }) }
  if (before.replay)
    throw userError('run.replays', 'A run that replays rejected rows is resumed with the pipeline that it had.', {
      hint: 'Resume it as it was, or cancel it and replay the rows anew.',
    })
  return {
    ...before,
    document,
    parameters: knownTo(document, { ...before.parameters, ...parameters }),
    env: Object.keys(environment(document)).sort(),
  }
}

/** Those that the pipeline has no more are left out; those that have come since take their defaults. */
const knownTo = (document: PipelineDocument, given: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(document.parameters ?? {}, name)))

/** The pipeline as its file has it. @throws LogiDataError `run.pipeline` */
export async function pipelineNow(projectRoot: string, path: string): Promise<PipelineDocument> {
  const found = await new PipelineFiles(projectRoot).read(path).catch(() => undefined)
  if (found?.document) return found.document
  throw userError(
    'run.pipeline',
    found ? `“${path}” is no complete pipeline now.` : `“${path}” cannot be read any more.`,
    { hint: 'Mend the file, or resume the run with the pipeline as it was.' },
  )
}
