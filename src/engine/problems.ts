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
    return nodeProblem(nodeId, 'config.invalid', `${where}${issue.message}`, { field })
  })
}
