import { planPushdown } from '../../engine/pushdown/plan.ts'
import type { Pushed } from '../../modules/kit/pushdown.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import type { ColumnUse } from '../sources/needed-columns.ts'
import { digest } from '../sources/source-key.ts'
import type { RunRequest } from './context.ts'

/** What a run leaves to its sources. Nothing where somebody asked for what a step in the middle gives. */
export async function sourcesPushed(
  { pushdown, to, replay }: RunRequest,
  pipeline: AnalysedPipeline,
  use: ColumnUse,
): Promise<ReadonlyMap<string, Pushed>> {
  if (pushdown === false || to !== undefined || replay !== undefined) return new Map()
  return planPushdown(pipeline, await use.of(pipeline, true)).sources
}

/** Names rows of a source, of which some were left out: they are not those of the source. */
export const pushedKey = (key: string, pushed: Pushed | undefined): string =>
  pushed === undefined ? key : digest(JSON.stringify([key, pushed]))
