const FIRST_BYTES = 320 * 1024
const HEX = Buffer.from('0123456789abcdef')
const ESCAPES: readonly (string | undefined)[] = Array.from({ length: 32 }, (_, code) =>
  code === 10 ? '\\n' : code === 9 ? '\\t' : code === 13 ? '\\r' : `\\u${code.toString(16).padStart(4, '0')}`,
)

/** Text that grows in one buffer, from bytes. */
export class TextOut {
  buffer = Buffer.allocUnsafe(FIRST_BYTES)
  at = 0

  /** Makes room; to be called before `put`. */
  room(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + bytes))
    this.buffer.copy(larger, 0, 0, this.at)
    this.buffer = larger
  }

  put(byte: number): void {
    this.buffer[this.at++] = byte
  }

  ascii(text: string): void {
    this.room(text.length)
    const { buffer } = this
    let { at } = this
    for (let index = 0; index < text.length; index++) buffer[at++] = text.charCodeAt(index)
    this.at = at
  }

  bytes(from: Buffer, start: number, end: number): void {
    this.room(end - start)
    if (end - start > 48) {
      from.copy(this.buffer, this.at, start, end)
      this.at += end - start
      return
    }
    const { buffer } = this
    let { at } = this
    for (let index = start; index < end; index++) buffer[at++] = from[index] as number
    this.at = at
  }

  /** A text of a field between quotes, which are doubled where they are in it. */
  quoted(from: Buffer, start: number, end: number, quote: number): void {
    this.room((end - start) * 2 + 2)
    const { buffer } = this
    let { at } = this
    buffer[at++] = quote
    for (let index = start; index < end; index++) {
      const byte = from[index] as number
      buffer[at++] = byte
      if (byte === quote) buffer[at++] = quote
    }
    buffer[at++] = quote
    this.at = at
  }

  /** UTF-8 as a string of JSON, with its quotes. */
  json(from: Buffer, start: number, end: number): void {
    this.room((end - start) * 6 + 2)
    const { buffer } = this
    let { at } = this
    buffer[at++] = 0x22
    for (let index = start; index < end; index++) {
      const byte = from[index] as number
      if (byte < 0x20) {
        const letters = ESCAPES[byte] as string
        for (let letter = 0; letter < letters.length; letter++) buffer[at++] = letters.charCodeAt(letter)
        continue
      }
      if (byte === 0x22 || byte === 0x5c) buffer[at++] = 0x5c
      buffer[at++] = byte
    }
    buffer[at++] = 0x22
    this.at = at
  }

  hex(from: Buffer, start: number, end: number, before = ''): void {
    this.room((end - start) * (2 + before.length))
    for (let index = start; index < end; index++) {
      for (let letter = 0; letter < before.length; letter++) this.put(before.charCodeAt(letter))
      const byte = from[index] as number
      this.put(HEX[byte >> 4] as number)
      this.put(HEX[byte & 15] as number)
    }
  }

  uuid(from: Buffer, start: number): void {
    this.room(36)
    let at = start
    for (const bytes of [4, 2, 2, 2, 6]) {
      if (at > start) this.put(0x2d)
      this.hex(from, at, at + bytes)
      at += bytes
    }
  }

  /** A whole number that JavaScript holds exactly. */
  whole(value: number): void {
    if (value < 0 || value > 99_999_999) {
      this.ascii(String(value))
      return
    }
    let digits = 1
    for (let limit = 10; limit <= value; limit *= 10) digits++
    this.room(digits)
    let rest = value
    for (let index = this.at + digits - 1; index >= this.at; index--) {
      const next = (rest / 10) | 0
      this.buffer[index] = 48 + rest - next * 10
      rest = next
    }
    this.at += digits
  }
}
