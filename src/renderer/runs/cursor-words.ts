import type { JsonValue } from '../../shared/pipeline/document.ts'

/** What a module wrote of where it goes on, as a person reads it: `updated_at 2026-11-23 08:15`. */
export function positionOf(state: JsonValue): string {
  if (typeof state !== 'object' || state === null) return String(state)
  if (Array.isArray(state)) return state.map(positionOf).join(', ')
  const { column, field, value } = state
  if (value === undefined) return JSON.stringify(state)
  const name = typeof column === 'string' ? column : typeof field === 'string' ? field : undefined
  const words = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return name === undefined ? words : `${name} ${words}`
}
