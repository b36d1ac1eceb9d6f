import type { Problem } from '../../shared/engine/types.ts'
import type { FormField, Text } from '../../shared/modules/descriptor.ts'

export interface ProblemWords {
  /** Where, by the titles that the form shows: `Measures 2 · Column`. Absent where no field is to blame. */
  readonly place: string | undefined
  /** What, without the key that the message of the file begins with. */
  readonly message: string
}

/** A problem as the window says it: in the form's words, not in the file's keys. */
export function problemWords(
  problem: Pick<Problem, 'message' | 'field'>,
  fields: readonly FormField[],
  language: keyof Text,
): ProblemWords {
  const { field, message } = problem
  if (!field || field.length === 0) return { place: undefined, message }
  const place = placeOf(field, fields, language)
  const key = `“${field.join('.')}”: `
  return { place, message: message.startsWith(key) ? sentence(message.slice(key.length)) : message }
}

/** A hint in the form's words: `Set "encoding"` names the field by its title. Values and columns stay as they are. */
export const hintWords = (hint: string, fields: readonly FormField[], language: keyof Text): string =>
  hint.replaceAll(/"([a-z]+(?:_[a-z]+)*)"/g, (written, key: string) => {
    const field = fields.find(({ name }) => name === key)
    return field ? `“${field.title[language]}”` : written
  })

function placeOf(path: readonly (string | number)[], fields: readonly FormField[], language: keyof Text): string {
  const parts: string[] = []
  let inside: readonly FormField[] | undefined = fields
  for (const step of path) {
    if (typeof step === 'number') {
      parts.push(`${parts.pop() ?? ''} ${step + 1}`.trim())
      continue
    }
    const field: FormField | undefined = inside?.find(({ name }) => name === step)
    // A key of a map is a person's own word.
    parts.push(field ? field.title[language] : step)
    if (field) inside = field.fields
  }
  return parts.join(' · ')
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}
