/** Types that a Parquet file gives back as they were, with every value. DuckDB 1.5 changes the others: ENUM, HUGEINT, INTERVAL, TIME WITH TIME ZONE, arrays of a fixed size, … */
const KEPT_WHOLE = new Set(
  'BOOLEAN TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE DECIMAL VARCHAR BLOB DATE TIME TIMESTAMP TIMESTAMP_NS UUID STRUCT MAP'.split(
    ' ',
  ),
)

/** Whether values of a type are the same after they were in a Parquet file. @param type DuckDB's own name */
export function survivesParquet(type: string): boolean {
  if (type === 'JSON') return true
  const plain = type.replaceAll(/"(?:[^"]|"")*"/g, '"').replaceAll('TIMESTAMP WITH TIME ZONE', 'TIMESTAMP')
  if (/\[\d+\]|'/.test(plain)) return false
  const bare = plain.replaceAll(/\(\d+(?:,\d+)?\)/g, '')
  // `STRUCT(a INTEGER, " b" VARCHAR[])`, `MAP(VARCHAR, DATE)`: a name, where there is one, comes before its type.
  return bare.split(/[(),]/).every((part) => {
    const words = part.replaceAll('[]', '').trim().split(/\s+/)
    const name = words.at(-1) ?? ''
    return words.length <= 2 && (name === '' || KEPT_WHOLE.has(name))
  })
}
