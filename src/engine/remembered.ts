const KEPT = 4_000

/** What is read from a body: an edit changes one of a pipeline's, and the others are read again for every preview. */
export function remembered<T>(read: (body: string, input: string) => T): (body: string, input: string) => T {
  const known = new Map<string, T>()
  return (body, input) => {
    const key = `${input}\0${body}`
    if (known.has(key)) return known.get(key) as T
    if (known.size >= KEPT) known.clear()
    const found = read(body, input)
    known.set(key, found)
    return found
  }
}
