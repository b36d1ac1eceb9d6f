import { planPushdown } from '../../engine/pushdown/plan.ts'
import type { Pushed } from '../../modules/kit/pushdown.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import { digest } from '../sources/source-key.ts'
import type { RunRequest } from './context.ts'

/** What a run leaves to its sources. Nothing where somebody asked for what a step in the middle gives. */
export const sourcesPushed = (
  { pushdown, to, replay }: RunRequest,
  pipeline: AnalysedPipeline,
): ReadonlyMap<string, Pushed> =>
  planPushdown(pipeline, pushdown === false || to !== undefined || replay !== undefined).sources

/** Names rows of a source, of which some were left out: they are not those of the source. */
export const pushedKey = (key: string, pushed: Pushed | undefined): string =>
  pushed === undefined ? key : digest(JSON.stringify([key, pushed]))
