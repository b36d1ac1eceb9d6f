import { createHash } from 'node:crypto'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The same text gives the same identifier: a message that is sent again is the same message. */
export function uuidOf(text: string): string {
  const hex = digest(text)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export const traceIdOf = (text: string): string => digest(`trace ${text}`).slice(0, 32)
export const spanIdOf = (text: string): string => digest(`span ${text}`).slice(0, 16)
