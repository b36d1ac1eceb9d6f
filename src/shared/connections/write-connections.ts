import { carriedComments } from '../pipeline/carry-comments.ts'
import type { JsonValue } from '../pipeline/document.ts'
import { emitYaml } from '../pipeline/yaml/emit.ts'
import { CONNECTIONS_FORMAT, type Connection } from './connection.ts'

type Data = { [key: string]: JsonValue }

/**
 * Writes `connections.yaml`: the same connections give the same bytes, sorted by name.
 * @param previousText what the file holds now: comments that a person wrote there stay with what they speak of
 */
export function writeConnections(connections: Readonly<Record<string, Connection>>, previousText?: string): string {
  const names = Object.keys(connections).sort()
  const data: Data = {
    format: CONNECTIONS_FORMAT,
    connections: Object.fromEntries(
      names.flatMap((name) => {
        const connection = connections[name]
        return connection ? [[name, toData(connection)]] : []
      }),
    ),
  }
  return emitYaml(data, {
    comments: previousText === undefined ? new Map() : carriedComments(previousText, data),
    alwaysBlock: (path) => path.length < 5,
    isVerbatim: () => false,
  })
}

function toData({ type, label, note, settings, environments }: Connection): Data {
  const others = Object.entries(environments ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))
  return {
    type,
    ...(label === undefined ? {} : { label }),
    ...(note === undefined ? {} : { note }),
    settings,
    ...(others.length > 0 ? { environments: Object.fromEntries(others) } : {}),
  }
}
