import * as bson from '../../connectors/mongodb/bson/elements.ts'
import type { Shape, ShapeColumn } from '../../connectors/mongodb/shapes/shape.ts'
import type { Discovered } from '../../kit/contract.ts'
import type { Pushable, PushedKind } from '../../kit/pushdown.ts'
import type { MongodbExtractConfig } from './descriptor.ts'

const KINDS: Readonly<Record<string, PushedKind>> = {
  BIGINT: 'integer',
  BOOLEAN: 'boolean',
  'TIMESTAMP WITH TIME ZONE': 'instant',
}

/** Fields whose values are of one type, which the server compares as it is. */
export function pushable(config: MongodbExtractConfig, { facts, columns }: Discovered): Pushable {
  if (config.on_misfit === 'reject')
    return {
      refused: {
        en: 'Whole documents whose values do not fit go to the rejects, wherever they are.',
        fr: 'Les documents entiers dont une valeur ne convient pas vont aux rejets, où qu’ils soient.',
      },
    }
  const shapes = facts as unknown as readonly ShapeColumn[]
  // Of the documents that a limit takes, and of what a projection makes of them, the server would be asked too early.
  const asIs = config.limit === undefined && config.projection === undefined
  const first = config.incremental || config.limit !== undefined ? 'no' : 'plain'
  return {
    columns: columns.map((_, index) => {
      const column = shapes[index]
      return asIs && column && isPlainName(column.name) ? kindOf(column.shape) : undefined
    }),
    first,
    loose: true,
  }
}

/** A name that means nothing else to the server. */
export const isPlainName = (name: string): boolean => name !== '' && !/[.$\0]/.test(name)

function kindOf(shape: Shape): PushedKind | undefined {
  if (shape.kind !== 'leaf' || shape.any) return undefined
  if (shape.type === 'VARCHAR') return shape.only === bson.STRING || shape.only === bson.OBJECT_ID ? 'text' : undefined
  return KINDS[shape.type]
}
