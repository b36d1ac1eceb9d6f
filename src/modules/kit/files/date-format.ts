/**
 * Date formats are strptime's (`%d/%m/%Y`), or written the way people do: `dd/MM/yyyy`, `yyyy-MM-dd HH:mm:ss`.
 */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^yyyy|^YYYY|^aaaa/, '%Y'],
  [/^yy|^YY/, '%y'],
  [/^MMMM/, '%B'],
  [/^MMM/, '%b'],
  [/^MM?/, '%m'],
  [/^dd?|^DD?|^jj/, '%d'],
  [/^HH?/, '%H'],
  [/^hh?/, '%I'],
  [/^mm?/, '%M'],
  [/^ss?/, '%S'],
  [/^SSSSSS/, '%f'],
  [/^SSS/, '%g'],
  [/^XXX?|^Z/, '%z'],
  [/^a/, '%p'],
]

/** What each specifier must look like; strptime alone would read `24` as the year 24 for `%Y`. */
const SHAPES: Readonly<Record<string, string>> = {
  Y: '[0-9]{4}',
  y: '[0-9]{2}',
  m: '[0-9]{1,2}',
  d: '[0-9]{1,2}',
  H: '[0-9]{1,2}',
  I: '[0-9]{1,2}',
  M: '[0-9]{2}',
  S: '[0-9]{2}',
  f: '[0-9]{1,6}',
  g: '[0-9]{1,3}',
  j: '[0-9]{1,3}',
  b: '[A-Za-z]{3}',
  B: '[A-Za-z]+',
  a: '[A-Za-z]{3}',
  A: '[A-Za-z]+',
  p: '[AaPp][Mm]',
  z: '(Z|[-+][0-9]{2}(:?[0-9]{2})?)',
  '-d': '[0-9]{1,2}',
  '-m': '[0-9]{1,2}',
  '-H': '[0-9]{1,2}',
  '-I': '[0-9]{1,2}',
  '-M': '[0-9]{1,2}',
  '-S': '[0-9]{1,2}',
  '%': '%',
}

export interface DateFormat {
  /** For strptime. */
  readonly strptime: string
  /** A regular expression that every value of this format matches entirely. */
  readonly shape: string
  readonly hasTime: boolean
  readonly hasOffset: boolean
}

/** @returns undefined when the text is no format: an unknown specifier, or no day in it. */
export function dateFormat(text: string): DateFormat | undefined {
  const strptime = text.includes('%') ? text : fromWords(text)
  const parts: { shape: string; digits: boolean }[] = []
  const used = new Set<string>()
  for (let at = 0; at < strptime.length; ) {
    const character = strptime.charAt(at)
    if (character !== '%') {
      parts.push({ shape: character.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), digits: /\d/.test(character) })
      at++
      continue
    }
    const length = strptime.charAt(at + 1) === '-' ? 2 : 1
    const specifier = strptime.slice(at + 1, at + 1 + length)
    const part = SHAPES[specifier]
    if (part === undefined) return undefined
    used.add(specifier.replace('-', ''))
    parts.push({ shape: part, digits: part.startsWith('[0-9]') })
    at += 1 + length
  }
  const hasTime = ['H', 'I', 'M', 'S', 'f', 'g', 'p'].some((specifier) => used.has(specifier))
  if (used.size === 0) return undefined
  // Where nothing stands between two numbers, both have all their digits: 11124 is no ddMMyy.
  const shape = parts
    .map((part, index) =>
      part.digits && (parts[index - 1]?.digits || parts[index + 1]?.digits)
        ? part.shape.replace('{1,2}', '{2}')
        : part.shape,
    )
    .join('')
  return { strptime, shape, hasTime, hasOffset: used.has('z') }
}

function fromWords(text: string): string {
  let rest = text
  let format = ''
  while (rest) {
    const word = WORDS.find(([pattern]) => pattern.test(rest))
    const length = word?.[0].exec(rest)?.[0].length ?? 1
    format += word ? word[1] : rest.startsWith("'") ? '' : rest.charAt(0)
    rest = rest.slice(length)
  }
  return format
}
