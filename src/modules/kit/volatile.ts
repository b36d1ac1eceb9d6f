import { syntaxError, tokenize } from './tokens.ts'

/** Functions of DuckDB (`stability = 'VOLATILE'`) that give another value each time, and that a person would use for it. */
const VOLATILE = new Set(['random', 'uuid', 'uuidv4', 'uuidv7', 'gen_random_uuid', 'nextval', 'currval'])

/** Whether an expression gives another value each time it is worked out. */
export function isVolatile(text: string): boolean {
  return volatileCall(text) !== undefined
}

/**
 * Refuses what would be worked out once per port, with another result each: a row could leave by two ports, or by none.
 * @throws LogiDataError `expression.syntax`
 */
export function refuseVolatile(text: string): void {
  const call = volatileCall(text)
  if (!call) return
  throw syntaxError(
    `${call.text}() gives another value each time, so that a row could leave by two ports or by none.`,
    call.start,
    call.end,
    'To split rows at random use Split rows, which takes a seed.',
  )
}

function volatileCall(text: string) {
  const tokens = tokenize(text)
  return tokens.find(
    (token, index) =>
      token.kind === 'word' && VOLATILE.has(token.text.toLowerCase()) && tokens[index + 1]?.text === '(',
  )
}
