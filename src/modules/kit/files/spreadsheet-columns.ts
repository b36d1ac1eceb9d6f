/** `A` is 1, `XFD` is 16,384. */
export function columnNumber(letters: string): number {
  let number = 0
  for (let at = 0; at < letters.length; at++) number = number * 26 + (letters.charCodeAt(at) & 31)
  return number
}

export function columnLetters(number: number): string {
  let letters = ''
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}
