import type { Problem } from '../../shared/engine/types.ts'
import { t } from '../i18n/index.ts'
import { moduleOf } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useSettings } from '../store/settings.ts'
import { hintWords, type ProblemWords, problemWords } from './problem-words.ts'

type Said = Pick<Problem, 'code' | 'message' | 'field' | 'nodeId'>

function wordsOf(problem: Said, nodeId = problem.nodeId): ProblemWords {
  const type = nodeId === undefined ? undefined : usePipeline.getState().document?.nodes[nodeId]?.type
  const words = problemWords(problem, moduleOf(type)?.fields ?? [], useSettings.getState().language)
  return problem.code === 'config.missing' && problem.field ? { ...words, message: t('panes.valueNeeded') } : words
}

/** What to do about it, with the titles of the fields that it names. */
export function hintOfProblem({ hint }: Pick<Problem, 'hint'>, nodeId: string | undefined): string | undefined {
  const type = nodeId === undefined ? undefined : usePipeline.getState().document?.nodes[nodeId]?.type
  return hint && hintWords(hint, moduleOf(type)?.fields ?? [], useSettings.getState().language)
}

/** What to say right beneath the field. */
export const textAtField = (problem: Said): string => wordsOf(problem).message

export const placeOfProblem = (problem: Said, nodeId: string): string | undefined => wordsOf(problem, nodeId).place

/** What to say elsewhere, with the field's title where the message named its key. */
export function textOfProblem(problem: Said, nodeId?: string): string {
  const { place, message } = wordsOf(problem, nodeId)
  return place !== undefined && message !== problem.message ? `${place}${t('panes.colon')} ${message}` : message
}
