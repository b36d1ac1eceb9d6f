import { columnType, type SqlType } from '../../types.ts'

const SCALARS = new Set(
  `BOOLEAN TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE DATE TIME TIME_NS TIMESTAMP TIMESTAMP_S
  TIMESTAMP_MS TIMESTAMP_NS INTERVAL UUID VARCHAR JSON BLOB`.split(/\s+/),
).add('TIMESTAMP WITH TIME ZONE')

/** Whether `writerOf` has a writer for a type of DuckDB: known without loading the library, at every analysis. */
export const arrowHolds = (name: string): boolean => holds(columnType(name), false)

function holds(type: SqlType, inside: boolean): boolean {
  switch (type.kind) {
    case 'decimal':
    case 'enum':
      return true
    case 'list':
      return holds(type.item, true)
    case 'struct':
      return type.fields.every((field) => holds(field.type, true))
    case 'map':
      return ['scalar', 'decimal', 'enum'].includes(type.key.kind) && holds(type.key, true) && holds(type.value, true)
    case 'union':
      return false
    case 'scalar':
      return SCALARS.has(type.name) && !(inside && type.name === 'JSON')
  }
}
