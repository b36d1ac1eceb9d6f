import type { AppEngine } from '../main/engine/app-engine.ts'
import { grantedEnvironment } from '../main/environment/granted-environment.ts'
import { userError } from '../shared/errors.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
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

/** What the engine is told of a pipeline file. @throws LogiDataError `usage.*` */
export function pipelineRequest(file: string, document: PipelineDocument, options: PipelineOptions): PipelineRequest {
  return {
    projectRoot: projectRootOf(file, options.project),
    document,
    parameters: parseParameters(document, options.parameter),
    env: grantedEnvironment(document, new Set(options.env), process.env),
  }
}

function parseParameters(document: PipelineDocument, given: readonly string[]): Record<string, string> {
  const known = Object.keys(document.parameters ?? {})
  const values: Record<string, string> = {}
  for (const text of given) {
    const separator = text.indexOf('=')
    const name = text.slice(0, separator)
    if (separator < 1)
      throw userError('usage.parameter', `“${text}” is not name=value.`, {
        hint: 'For example: --parameter since=2024-01-01',
      })
    if (!known.includes(name))
      throw userError('usage.parameter', `The pipeline has no parameter “${name}”.`, {
        hint: known.length > 0 ? `It has: ${known.join(', ')}` : 'It has none.',
      })
    values[name] = text.slice(separator + 1)
  }
  return values
}

export const printJson = (terminal: Terminal, value: unknown) =>
  terminal.out.write(`${JSON.stringify(value, null, 2)}\n`)
