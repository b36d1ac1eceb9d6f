import { z } from 'zod'
import { quoteName } from '../../connectors/mysql/names.ts'
import type { BoundText } from '../../connectors/mysql/parameters.ts'
import type { Discovered } from '../../kit/contract.ts'
import {
  type Predicate,
  type PredicateWriter,
  type Pushable,
  type PushedFirst,
  type PushedKind,
  predicateText,
  shapedText,
} from '../../kit/pushdown.ts'
import type { MysqlExtractConfig } from './descriptor.ts'

const KINDS = ['integer', 'decimal', 'date', 'timestamp', 'text'] as const
const factsSchema = z.object({ pushable: z.array(z.enum(KINDS).nullable()), ties: z.boolean().optional() })

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
  const { pushable: kinds = [], ties = false } = factsSchema.safeParse(facts).data ?? {}
  const usable = (kind: PushedKind | null): PushedKind | undefined => {
    if (kind === null) return undefined
    // What becomes NULL here is no NULL there.
    return (kind === 'date' || kind === 'timestamp') && config.zero_dates !== 'fail' ? undefined : kind
  }
  // What is new since the last run is asked for by the watermark, and all of it.
  return { columns: kinds.map(usable), first: config.incremental ? 'no' : ties ? 'ties' : 'plain' }
}

/** `FETCH FIRST … WITH TIES`: MariaDB since 10.6, MySQL not. */
export function hasTies({ isMariaDb, version }: { readonly isMariaDb: boolean; readonly version: string }): boolean {
  const [major = 0, minor = 0] = version
    .replace(/^5\.5\.5-/, '')
    .split('.')
    .map(Number)
  return isMariaDb && (major > 10 || (major === 10 && minor >= 6))
}

/** The end of a statement for the first rows. @param names of the columns, by position */
export function firstRows(first: PushedFirst | undefined, names: readonly string[]): string {
  if (!first) return ''
  if (first.by.length === 0) return ` LIMIT ${first.rows}`
  const keys = first.by.flatMap(({ column, descending, nullsFirst }) => {
    const name = quotedAt(names, column)
    return [`${name} IS NULL ${nullsFirst ? 'DESC' : 'ASC'}`, `${name} ${descending ? 'DESC' : 'ASC'}`]
  })
  return ` ORDER BY ${keys.join(', ')} FETCH FIRST ${first.rows} ROWS WITH TIES`
}

function quotedAt(names: readonly string[], index: number): string {
  const name = names[index]
  if (name === undefined) throw new TypeError(`no column ${index}`)
  return quoteName(name)
}

/** What is left to the server. @param names of the columns, by position */
export function pushedCondition(where: Predicate, names: readonly string[]): BoundText {
  const values: string[] = []
  const column = (index: number) => quotedAt(names, index)
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
  return { text: predicateText(where, { column, compare }), values }
}
