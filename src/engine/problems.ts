import type { z } from 'zod'
import type { ModuleWarning } from '../modules/kit/contract.ts'
import type { Problem } from '../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../shared/errors.ts'

/** Anything thrown while working on a node, as a problem of that node. A range that the error carries is kept. */
export function problemOf(thrown: unknown, nodeId: string): Problem {
  const info: ErrorInfo & { range?: Problem['range'] } = toErrorInfo(thrown)
  return { severity: 'error', ...info, nodeId }
}

export function nodeProblem(
  nodeId: string,
  code: string,
  message: string,
  details: Pick<Problem, 'hint' | 'field' | 'range'> = {},
): Problem {
  return { severity: 'error', kind: 'user', code, message, nodeId, ...details }
}

/** What a module warns of. */
export const warningProblem = ({ field, ...warning }: ModuleWarning, nodeId: string): Problem => ({
  severity: 'warning',
  kind: 'user',
  nodeId,
  ...warning,
  ...(field ? { field: [...field] } : {}),
})

/** What a schema says of a number in its own words, in ours; a module's own words stay. */
function plainWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' && issue.origin === 'number' && issue.message.startsWith('Too small'))
    return `write a number of ${issue.inclusive === false ? 'more than ' : ''}${issue.minimum}${issue.inclusive === false ? '' : ' or more'}`
  if (issue.code === 'too_big' && issue.origin === 'number' && issue.message.startsWith('Too big'))
    return `write a number of ${issue.inclusive === false ? 'less than ' : ''}${issue.maximum}${issue.inclusive === false ? '' : ' or less'}`
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) return 'a value is needed here'
  if (issue.code === 'invalid_type' && issue.expected === 'int') return 'write a whole number'
  if (issue.code === 'invalid_type' && issue.expected === 'number') return 'write a number'
  return issue.message
}

/** One problem per field that the config's schema refuses. */
export function configProblems(nodeId: string, error: z.ZodError): Problem[] {
  return error.issues.map((issue) => {
    const field = issue.path.filter((part) => typeof part !== 'symbol')
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : undefined
    if (unknown) {
      const names = unknown.map((key) => `“${key}”`).join(', ')
      return nodeProblem(nodeId, 'config.unknown-field', `There is no setting ${names} here.`, {
        field: unknown.length === 1 && unknown[0] !== undefined ? [...field, unknown[0]] : field,
        hint: 'Remove it, or check its spelling.',
      })
    }
    const where = field.length > 0 ? `“${field.join('.')}”: ` : ''
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    if (missing) return nodeProblem(nodeId, 'config.missing', `${where}a value is needed here.`, { field })
    return nodeProblem(nodeId, 'config.invalid', `${where}${plainWords(issue)}`, { field })
  })
}
