/** The steps of `data.items`, `$.data[0].items`, `edges[*].node`, `['a.b'].c`. */
export function stepsOf(path: string): string[] {
  const steps: string[] = []
  for (const [, quoted, index, name] of path.replace(/^\$/, '').matchAll(/\['([^']*)'\]|\[(\d*|\*)\]|([^.[\]]+)/g))
    steps.push(quoted ?? name ?? (index === '' ? '*' : (index ?? '')))
  return steps
}

/** What is at a path; `*` stands for each item of an array, and makes the result one. `undefined`: there is no such thing. */
export function valueAt(value: unknown, path: string): unknown {
  return walk(value, stepsOf(path))
}

function walk(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (step === '*') return Array.isArray(value) ? value.flatMap((item) => spread(walk(item, rest))) : undefined
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return walk((value as Record<string, unknown>)[step], rest)
}

const spread = (value: unknown): unknown[] => (value === undefined ? [] : [value])

/** The names at the deepest place of a path that there is, for hints. */
export function namesAlong(value: unknown, path: string): string {
  let current = value
  for (const step of stepsOf(path)) {
    const next = walk(current, [step])
    if (next === undefined) break
    current = next
  }
  if (typeof current !== 'object' || current === null) return ''
  return Array.isArray(current) ? 'a list' : Object.keys(current).slice(0, 20).join(', ')
}
