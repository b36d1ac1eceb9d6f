import type { JsonValue, PipelineDocument } from '../../shared/pipeline/document.ts'
import { SUB_PIPELINE } from '../../shared/pipeline/sub-pipeline.ts'
import type { Journal } from '../journal/journal.ts'
import { notSettled } from './run-failures.ts'

/** Some extract reads only what is new: its config says so by the key `incremental`; or may do so within another pipeline. */
const isIncremental = ({ nodes }: PipelineDocument): boolean =>
  Object.values(nodes).some(
    ({ type, config }) =>
      type === SUB_PIPELINE ||
      (type.startsWith('extract.') && config?.incremental !== undefined && config.incremental !== null),
  )

/** A run whose new rows are loaded in part, to be taken up before another one of its pipeline: that would load them again. */
export function toSettle(journal: Journal, path: string, document: PipelineDocument): string | undefined {
  const runId = isIncremental(document) ? journal.cursors.unsettled(path) : undefined
  return runId !== undefined && journal.run(runId)?.resumable ? runId : undefined
}

/** Two runs of one pipeline at once would both read what is new, and load it twice. */
export function mustWait(journal: Journal, runId: string, active: Iterable<string>): boolean {
  const path = journal.run(runId)?.path
  const document = journal.request(runId)?.document
  return (
    document !== undefined && isIncremental(document) && [...active].some((other) => journal.run(other)?.path === path)
  )
}

/**
 * Where the incremental extracts of an attempt start from.
 * @throws LogiDataError `run.unsettled`, `run.superseded`
 */
export function startingFrom(
  journal: Journal,
  runId: string,
  attempt: number,
  document: PipelineDocument,
): Record<string, JsonValue> {
  const run = isIncremental(document) ? journal.run(runId) : undefined
  if (!run) return {}
  const unsettled = journal.cursors.unsettled(run.path)
  if (attempt === 1 && unsettled !== undefined) throw notSettled(unsettled)
  return journal.cursors.begin(run.number, attempt)
}
