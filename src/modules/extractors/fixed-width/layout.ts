import type { FixedConfig, FixedField } from './descriptor.ts'

export interface Place extends FixedField {
  /** 0-based, in characters. */
  readonly from: number
  readonly to: number
}

export function placesOf(fields: readonly FixedField[]): Place[] {
  let next = 0
  return fields.map((field) => {
    const from = field.start === undefined ? next : field.start - 1
    next = from + field.width
    return { ...field, from, to: next }
  })
}

/** Columns from the positions where some line has a character between positions where none has. */
export function detectFields(lines: readonly string[], header: boolean): FixedField[] {
  const used: boolean[] = []
  for (const line of lines)
    [...line].forEach((character, index) => {
      if (character !== ' ' && character !== '\t') used[index] = true
    })
  const starts: number[] = []
  for (let at = 0; at < used.length; at++) if (used[at] && !used[at - 1]) starts.push(at)
  const names = header ? [...(lines[0] ?? '')] : []
  const taken = new Set<string>()
  return starts.map((start, index) => {
    // The blanks after a column belong to it; those before the first too.
    const from = index === 0 ? 0 : start
    const to = starts[index + 1] ?? used.length
    const given = names.slice(from, to).join('').trim() || `column_${index + 1}`
    let name = given
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${given}_${count}`
    taken.add(name.toLowerCase())
    return { name, width: to - from }
  })
}

const OVERPUNCH = new Map([...'{ABCDEFGHI'].map((character, digit) => [character, String(digit)] as const))
const NEGATIVE = new Map([...'}JKLMNOPQR'].map((character, digit) => [character, String(digit)] as const))

/** What stands in a place, as text that the column's type reads; NULL when it is empty. */
export function valueAt(characters: readonly string[], place: Place, trim: FixedConfig['trim']): string | null {
  const isText =
    place.type !== undefined && /^(VARCHAR|TEXT|STRING|CHAR)/i.test(place.type) && place.decimals === undefined
  let text = characters.slice(place.from, place.to).join('')
  if (place.pad !== undefined && place.pad !== ' ') text = unpadded(text, place.pad, isText)
  if (text.trim() === '') return null
  if (isText || (place.decimals === undefined && place.sign === undefined)) {
    if (trim === 'none') return text
    return trim === 'right' ? text.trimEnd() : text.trim()
  }
  return numberText(text.trim(), place)
}

function unpadded(text: string, pad: string, isText: boolean): string {
  let [from, to] = [0, text.length]
  if (isText) while (to > from && text[to - 1] === pad) to--
  // One zero of a number stays.
  else while (from < to - (pad === '0' ? 1 : 0) && text[from] === pad) from++
  return text.slice(from, to)
}

/** A number with its sign in front and its point written; what is none stays, and is refused where it is read. */
function numberText(text: string, { sign, decimals = 0 }: Place): string {
  let digits = text
  let negative = false
  if (sign === 'trailing') {
    if (/[-+]$/.test(digits)) {
      negative = digits.endsWith('-')
      digits = digits.slice(0, -1).trimEnd()
    }
  } else if (sign === 'overpunch') {
    const last = digits.at(-1) ?? ''
    const digit = OVERPUNCH.get(last) ?? NEGATIVE.get(last)
    if (digit !== undefined) {
      negative = NEGATIVE.has(last)
      digits = digits.slice(0, -1) + digit
    }
  } else if (/^[-+]/.test(digits)) {
    negative = digits.startsWith('-')
    digits = digits.slice(1).trimStart()
  }
  if (!/^\d+$/.test(digits)) return text
  const padded = digits.padStart(decimals + 1, '0')
  const whole = padded.slice(0, padded.length - decimals).replace(/^0+(?=\d)/, '')
  return `${negative ? '-' : ''}${whole}${decimals > 0 ? `.${padded.slice(padded.length - decimals)}` : ''}`
}
