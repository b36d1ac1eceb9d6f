/**
 * The texts of the items of an array in the beginning of a JSON text, as far as they are whole. The last one is left out where nothing
 * follows it: a number may go on. What is not JSON shows when they are parsed, or ends them.
 * @param keys of the objects around the array, outermost first; of a key that is given twice the first counts
 */
export function itemsOf(text: string, keys: readonly string[]): string[] {
  const start = arrayAt(text, keys)
  return start === undefined ? [] : [...items(text, start)]
}

const SPACE = /[ \t\r\n]*/y
const MARKS = /["{}[\],]/g

const afterSpace = (text: string, at: number): number => {
  SPACE.lastIndex = at
  SPACE.test(text)
  return SPACE.lastIndex
}

/** Where the quote that ends a text is; undefined where it is cut off. */
function endOfText(text: string, from: number): number | undefined {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at
  }
  return undefined
}

/** Where the value that begins at a place ends (the comma or bracket after it); undefined where it is cut off. */
function endOfValue(text: string, from: number): number | undefined {
  let depth = 0
  MARKS.lastIndex = from
  for (let found = MARKS.exec(text); found; found = MARKS.exec(text)) {
    const [mark] = found
    if (mark === '"') {
      const end = endOfText(text, found.index)
      if (end === undefined) return undefined
      MARKS.lastIndex = end + 1
    } else if (mark === '{' || mark === '[') depth++
    else if (depth === 0) return found.index
    else if (mark !== ',') depth--
  }
  return undefined
}

function arrayAt(text: string, keys: readonly string[]): number | undefined {
  let at = afterSpace(text, 0)
  for (const key of keys) {
    const value = memberAt(text, at, key)
    if (value === undefined) return undefined
    at = value
  }
  return text[at] === '[' ? at : undefined
}

/** Where the value of a key begins in the object at a place. */
function memberAt(text: string, object: number, key: string): number | undefined {
  if (text[object] !== '{') return undefined
  let at = afterSpace(text, object + 1)
  while (text[at] === '"') {
    const end = endOfText(text, at)
    if (end === undefined) return undefined
    const colon = afterSpace(text, end + 1)
    if (text[colon] !== ':') return undefined
    const value = afterSpace(text, colon + 1)
    if (named(text.slice(at, end + 1), key)) return value
    const next = endOfValue(text, value)
    if (next === undefined || text[next] !== ',') return undefined
    at = afterSpace(text, next + 1)
  }
  return undefined
}

function named(quoted: string, key: string): boolean {
  if (!quoted.includes('\\')) return quoted.slice(1, -1) === key
  try {
    return JSON.parse(quoted) === key
  } catch {
    return false
  }
}

function* items(text: string, array: number): Generator<string> {
  let from = array + 1
  for (let end = endOfValue(text, from); end !== undefined; end = endOfValue(text, from)) {
    const item = text.slice(from, end)
    if (item.trim() !== '' || text[end] === ',') yield item
    if (text[end] !== ',') return
    from = end + 1
  }
}
