import type { z } from 'zod'
import type { Problem } from '../engine/types.ts'
import type { JsonValue } from '../pipeline/document.ts'
import { type Path, parseSource, problem } from '../pipeline/yaml/source.ts'
import { toPlainData } from '../pipeline/yaml/values.ts'
import {
  CONNECTIONS_FILE,
  CONNECTIONS_FORMAT,
  type Connection,
  type ConnectionsFile,
  connectionSchema,
  connectionsFileSchema,
} from './connection.ts'

export interface ReadConnections {
  /** What could be read: a connection with a fault in it is left out, the others stay. */
  readonly connections: Readonly<Record<string, Connection>>
  /** Nothing of the file is missing. */
  readonly complete: boolean
  readonly problems: readonly Problem[]
}

type Data = { [key: string]: JsonValue }

/** Reads `connections.yaml`. Never throws: what is wrong is a problem with its place in the file. */
export function readConnections(text: string): ReadConnections {
  const source = parseSource(text)
  if (source.problems.length > 0) return { connections: {}, complete: false, problems: source.problems }
  const plain = toPlainData(source, () => 'any')
  const problems = plain.problems.map((refused) => refused.problem)
  const failed = (code: string, message: string, path: Path): ReadConnections => ({
    connections: {},
    complete: false,
    problems: [
      ...problems,
      problem(code, message, source.positions.at(path), `Write “format: ${CONNECTIONS_FORMAT}” as its first line.`),
    ],
  })
  if (!isData(plain.value)) return failed('connections.invalid', `${CONNECTIONS_FILE} holds no connections.`, [])
  const { format, connections: listed = {}, ...others } = plain.value
  if (format !== CONNECTIONS_FORMAT)
    return failed('connections.format', `The format ${JSON.stringify(format ?? null)} is not known.`, ['format'])
  const report = (issue: z.core.$ZodIssue, before: Path): void => {
    const path = [...before, ...issue.path.filter((part) => typeof part !== 'symbol')]
    const message = `${path.join('.')} is not valid: ${issue.message}.`
    problems.push(problem('connections.invalid', message, source.positions.at(path)))
  }
  const whole = connectionsFileSchema.safeParse({ format, connections: {}, ...others })
  for (const issue of whole.error?.issues ?? []) report(issue, [])
  const connections: ConnectionsFile['connections'] = {}
  for (const [name, given] of Object.entries(isData(listed) ? listed : {})) {
    const named = connectionsFileSchema.safeParse({ format, connections: { [name]: given } })
    if (named.success) Object.assign(connections, named.data.connections)
    else {
      const own = connectionSchema.safeParse(given)
      if (own.success) for (const issue of named.error.issues) report(issue, [])
      else for (const issue of own.error.issues) report(issue, ['connections', name])
    }
  }
  if (!isData(listed))
    problems.push(
      problem(
        'connections.invalid',
        '“connections” must map names to connections.',
        source.positions.at(['connections']),
      ),
    )
  return { connections, complete: problems.length === 0, problems }
}

const isData = (value: JsonValue | undefined): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
