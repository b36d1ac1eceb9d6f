import {
  DuckDBArrayType,
  DuckDBListType,
  DuckDBMapType,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  DuckDBStructType,
  type DuckDBType,
  DuckDBUnionType,
} from '@duckdb/node-api'
import type { Column } from '../shared/engine/types.ts'
import { KEYWORDS } from './keywords.ts'

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/
const member = (name: string): string =>
  PLAIN.test(name) && !KEYWORDS.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`

/** A type's name as DuckDB's DESCRIBE writes it: `STRUCT(a INTEGER, "b c" DECIMAL(3,1)[])`. */
export function typeName(type: DuckDBType): string {
  if (type.alias === 'JSON') return 'JSON'
  if (type instanceof DuckDBListType) return `${typeName(type.valueType)}[]`
  if (type instanceof DuckDBArrayType) return `${typeName(type.valueType)}[${type.length}]`
  if (type instanceof DuckDBMapType) return `MAP(${typeName(type.keyType)}, ${typeName(type.valueType)})`
  if (type instanceof DuckDBStructType)
    return `STRUCT(${type.entryNames.map((name, index) => `${member(name)} ${nested(type.entryTypes[index])}`).join(', ')})`
  if (type instanceof DuckDBUnionType)
    return `UNION(${type.memberTags.map((tag, index) => `${member(tag)} ${nested(type.memberTypes[index])}`).join(', ')})`
  return type.toString()
}
const nested = (type: DuckDBType | undefined): string => (type ? typeName(type) : 'VARCHAR')

export function columnsOf(source: DuckDBPreparedStatement | DuckDBResult): Column[] {
  const columns: Column[] = []
  for (let index = 0; index < source.columnCount; index++)
    columns.push({ name: nameAt(source, index), type: typeName(source.columnType(index)) })
  return columns
}

const nameAt = (source: DuckDBPreparedStatement | DuckDBResult, index: number): string => source.columnName(index)
