/** The line of a program that the first of these messages is about, where they say it: `… (line 3)`. */
export function failedLine(messages: readonly (string | undefined)[]): number | undefined {
  for (const message of messages) {
    const line = message === undefined ? undefined : /\(line (\d+)\)/.exec(message)?.[1]
    if (line !== undefined) return Number(line)
  }
  return undefined
}
