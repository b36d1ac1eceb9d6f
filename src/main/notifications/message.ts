import type { Notice } from '../schedules/scheduler.ts'

/** What is told, in the form that all ways share. */
export interface Message {
  /** Stable: the same notice sent twice by mistake can be told by its receiver. */
  readonly id: string
  readonly at: string
  readonly project: string
  readonly notice: Notice
  readonly subject: string
  readonly text: string
}

const WHAT = {
  failure: 'failed',
  recovery: 'works again',
  late: 'is late',
  success: 'succeeded',
} as const

/** @param pipelineName as people call it */
export function messageOf(notice: Notice, project: string, pipelineName: string, id: string, at: Date): Message {
  const subject = `${pipelineName} ${WHAT[notice.kind]}`
  const lines = [
    `${subject}.`,
    ...(notice.message === undefined ? [] : [notice.message]),
    ...(notice.hint === undefined ? [] : [notice.hint]),
    '',
    `Project: ${project}`,
    `Pipeline: ${notice.pipeline}`,
    `Schedule: ${notice.schedule}`,
    ...(notice.nodeId === undefined ? [] : [`Step: ${notice.nodeId}`]),
    ...(notice.due === undefined ? [] : [`Due: ${notice.due}`]),
    ...(notice.runId === undefined ? [] : [`Run: ${notice.runId}`]),
  ]
  return {
    id,
    at: at.toISOString(),
    project,
    notice,
    subject: `[LogiData] ${subject}`,
    text: lines.join('\n'),
  }
}
