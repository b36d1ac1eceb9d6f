import type { AppEngine } from '../main/engine/app-engine.ts'
import { grantedEnvironment } from '../main/environment/granted-environment.ts'
import { userError } from '../shared/errors.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import { resolveParameters } from '../shared/pipeline/parameters.ts'
import type { PipelineRequest } from '../shared/rpc/engine-contract.ts'
import { projectRootOf } from './project-root.ts'
import type { Terminal } from './terminal.ts'

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Starts the engine process on first use; it is ended after the command. */
  engine(): Promise<AppEngine>
}

/** Options of every command that reads a pipeline's data. */
export interface PipelineOptions {
  readonly project?: string
  readonly parameter: readonly string[]
  readonly env: readonly string[]
  readonly json?: boolean
}

/**
 * What the engine is told of a pipeline file.
 * @throws LogiDataError `usage.project`; `usage.parameter` if one that was given is unknown or not of its type
 */
export function pipelineRequest(file: string, document: PipelineDocument, options: PipelineOptions): PipelineRequest {
  const parameters = parseParameters(options.parameter)
  // One without a value is left to the engine: validating and previewing other nodes work without it.
  const wrong = resolveParameters(document, parameters).problems.find(({ code }) => code !== 'parameter.missing')
  if (wrong && options.parameter.length > 0)
    throw userError('usage.parameter', wrong.message, wrong.hint === undefined ? {} : { hint: wrong.hint })
  return {
    projectRoot: projectRootOf(file, options.project),
    document,
    parameters,
    env: grantedEnvironment(document, new Set(options.env), process.env),
    connections: {},
    offline: false,
    pushdown: true,
  }
}

/** `name=value`, each. @throws LogiDataError `usage.parameter` */
export function parseParameters(given: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const text of given) {
    const separator = text.indexOf('=')
    const name = text.slice(0, separator)
    if (separator < 1)
      throw userError('usage.parameter', `“${text}” is not name=value.`, {
        hint: 'For example: --parameter since=2024-01-01',
      })
    values[name] = text.slice(separator + 1)
  }
  return values
}

export const printJson = (terminal: Terminal, value: unknown) =>
  terminal.out.write(`${JSON.stringify(value, null, 2)}\n`)
