import { z } from 'zod'
import { quoteName } from '../../connectors/mysql/names.ts'
import type { BoundText } from '../../connectors/mysql/parameters.ts'
import type { Discovered } from '../../kit/contract.ts'
import {
  type PredicateWriter,
  type Pushable,
  type Pushed,
  type PushedKind,
  predicateText,
  shapedText,
} from '../../kit/pushdown.ts'
import type { MysqlExtractConfig } from './descriptor.ts'

const KINDS = ['integer', 'decimal', 'date', 'timestamp', 'text'] as const
const factsSchema = z.object({ pushable: z.array(z.enum(KINDS).nullable()) })

interface Wire {
  readonly columnType: number
  readonly flags: number
  readonly characterSet: number
  readonly extendedFormat?: string | undefined
  readonly extendedTypeName?: string | undefined
}

const BINARY_CHARSET = 63
const ENUM_OR_SET = 256 | 2048

/** As what a column may be compared in the server. Not CHAR, whose blanks depend on modes; not YEAR, where 70 is 1970. */
export function kindOfWire(wire: Wire, type: string): (typeof KINDS)[number] | null {
  const { columnType, flags, characterSet } = wire
  if (wire.extendedFormat !== undefined || wire.extendedTypeName !== undefined) return null
  if ([1, 2, 3, 8, 9].includes(columnType)) return /INT/.test(type) && type !== 'UBIGINT' ? 'integer' : null
  if (columnType === 0 || columnType === 0xf6) return type.startsWith('DECIMAL(') ? 'decimal' : null
  if (columnType === 0x0a || columnType === 0x0e) return type === 'DATE' ? 'date' : null
  if (columnType === 0x0c) return type === 'TIMESTAMP' ? 'timestamp' : null
  const isText = [0xfc, 0xfd].includes(columnType) && characterSet !== BINARY_CHARSET && (flags & ENUM_OR_SET) === 0
  return isText && type === 'VARCHAR' ? 'text' : null
}

export function pushable(config: MysqlExtractConfig, { facts }: Discovered): Pushable {
  if (config.table === undefined)
    return {
      refused: {
        en: 'The source is read by a query of its own, which runs as it is written.',
        fr: 'La source est lue par une requête, exécutée telle qu’elle est écrite.',
      },
    }
  const kinds = factsSchema.safeParse(facts).data?.pushable ?? []
  const usable = (kind: PushedKind | null): PushedKind | undefined => {
    if (kind === null) return undefined
    // What becomes NULL here is no NULL there.
    return (kind === 'date' || kind === 'timestamp') && config.zero_dates !== 'fail' ? undefined : kind
  }
  return { columns: kinds.map(usable) }
}

/** What is left to the server. @param names of the columns, by position */
export function pushedCondition(pushed: Pushed, names: readonly string[]): BoundText {
  const values: string[] = []
  const column = (index: number) => {
    const name = names[index]
    if (name === undefined) throw new TypeError(`no column ${index}`)
    return quoteName(name)
  }
  const compare: PredicateWriter['compare'] = (index, by, value) => {
    const text = shapedText(value)
    switch (value.kind) {
      case 'text':
        values.push(text)
        // By its bytes: collations take A for a, and leave blanks out.
        return `CAST(CONVERT(${column(index)} USING utf8mb4) AS BINARY) ${by} CAST(? AS BINARY)`
      case 'date':
        return `${column(index)} ${by} DATE'${text}'`
      case 'timestamp':
        return `${column(index)} ${by} TIMESTAMP'${text}'`
      default:
        return `${column(index)} ${by} (${text})`
    }
  }
  return { text: predicateText(pushed.where, { column, compare }), values }
}
