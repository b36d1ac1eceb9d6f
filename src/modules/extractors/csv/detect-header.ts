import type { CsvRecord } from '../../kit/files/record-splitter.ts'

const TYPED = /^[-+]?[\d.,\s]*\d%?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^(true|false|nan|null)$/i

/** Whether the first record names columns: no value of it looks like data, and none is empty unless the column has data. */
export function hasHeader(records: readonly CsvRecord[]): boolean {
  const [first, ...rest] = records
  if (!first) return false
  const values = first.fields.map((field) => field.value.trim())
  if (values.every((value) => value === '')) return false
  if (values.some((value) => TYPED.test(value))) {
    // Years are often names of columns: only when the others are names and the data below are no years.
    const names = values.filter((value) => value !== '' && !TYPED.test(value))
    const years = values.filter((value) => TYPED.test(value)).every((value) => /^(19|20)\d\d$/.test(value))
    return names.length > 0 && years && rest.length > 0
  }
  const seen = new Set(values.map((value) => value.toLowerCase()))
  const repeats = rest.some(
    (record) =>
      record.fields.length === values.length &&
      record.fields.every((field, index) => field.value.trim() === values[index]),
  )
  if (repeats) return false
  if (rest.length === 0 || seen.size < values.length) return true
  const typedBelow = values.some((_, index) => {
    const below = rest.map((record) => record.fields[index]?.value.trim() ?? '').filter((value) => value !== '')
    return below.length > 0 && below.every((value) => TYPED.test(value))
  })
  if (typedBelow) return true
  // All of it is text: names come once, values tend to come again.
  return !values.some((value, index) => rest.some((record) => record.fields[index]?.value.trim() === value))
}

/** Names that are there and come once, whatever the header says: an empty one is `column_3`, a second `id` is `id_2`. */
export function columnNames(header: readonly string[]): string[] {
  const taken = new Set<string>()
  const wanted = new Set(header.map((name) => name.trim().toLowerCase()))
  return header.map((given, index) => {
    const base = given.trim() || `column_${index + 1}`
    let name = base
    for (let count = 2; taken.has(name.toLowerCase()) || (name !== base && wanted.has(name.toLowerCase())); count++) {
      name = `${base}_${count}`
    }
    taken.add(name.toLowerCase())
    return name
  })
}
