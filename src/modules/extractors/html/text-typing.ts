import { detectType } from '../../kit/files/detect-type.ts'
import type { Typing } from '../../kit/files/records/typing.ts'

/** Different texts of a column that are remembered; what comes after them is checked when it is read. */
const MOST = 50_000

/** Types of texts, as CSV has them. */
export function textTyping(): Typing {
  const columns = new Map<string, Set<string>>()
  return {
    observe(record) {
      for (const [name, value] of Object.entries(record)) {
        let values = columns.get(name)
        if (!values) {
          values = new Set()
          columns.set(name, values)
        }
        if (typeof value === 'string' && values.size < MOST) values.add(value.trim())
      }
    },
    names: () => [...columns.keys()],
    detect(name) {
      const values = [...(columns.get(name) ?? [])].filter((value) => value !== '')
      const { type, ...reading } = detectType(values)
      return { type, staged: 'VARCHAR', ...reading }
    },
    misfit: () => 'its values are plain texts',
    serialise: (record) => JSON.stringify(record),
  }
}
