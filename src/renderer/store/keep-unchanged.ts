/**
 * `fresh`, with every part that equals the one in `before` replaced by that very one, so that a selector which looks at
 * such a part does not fire. For JSON values.
 */
export function keepUnchanged<T>(before: T | undefined, fresh: T): T {
  if (Object.is(before, fresh)) return fresh
  if (Array.isArray(before) && Array.isArray(fresh)) {
    const items = fresh.map((item, index) => keepUnchanged(before[index], item))
    const same = items.length === before.length && items.every((item, index) => item === before[index])
    return (same ? before : items) as T
  }
  if (isObject(before) && isObject(fresh)) {
    const entries = Object.entries(fresh).map(([key, value]) => [key, keepUnchanged(before[key], value)] as const)
    const same = entries.length === Object.keys(before).length && entries.every(([key, value]) => before[key] === value)
    return (same ? before : Object.fromEntries(entries)) as T
  }
  return fresh
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
