// Scripts and pictures that terminals draw two cells wide.
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation})/u
const ASCII = /^[\x20-\x7e]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not reach a terminal.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Cells that a text takes on a terminal. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += WIDE.test(segment) ? 2 : 1
  return width
}

/** At most `width` cells; what is cut ends in … */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let cut = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    used += WIDE.test(segment) ? 2 : 1
    if (used > width - 1) break
    cut += segment
  }
  return `${cut}…`
}

/** Data can hold escape sequences that move the cursor or reverse the text; on a terminal they are shown, not obeyed. */
export function visibleText(text: string): string {
  return text.replaceAll(CONTROL, (character) => {
    return NAMED[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
