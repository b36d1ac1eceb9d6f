import type { ByteBuffer, WordBuffer } from '../kit/parquet/column-buffer.ts'

const MINUS = 0x2d
const POINT = 0x2e
/** Digits that a double holds exactly. */
const SAFE = 15

/** Digits as a number, or as one of 64 bits where a double would round. @throws TypeError for anything else */
function digits(bytes: Buffer, from: number, to: number): number | bigint {
  const negative = bytes[from] === MINUS
  const first = negative ? from + 1 : from
  if (to - first > SAFE) {
    const all = BigInt(bytes.toString('latin1', first, to))
    return negative ? -all : all
  }
  let value = 0
  for (let at = first; at < to; at++) {
    const digit = (bytes[at] as number) - 48
    if (digit < 0 || digit > 9) throw notANumber(bytes, from, to)
    value = value * 10 + digit
  }
  if (first === to) throw notANumber(bytes, from, to)
  return negative ? -value : value
}

const notANumber = (bytes: Buffer, from: number, to: number) =>
  new TypeError(
    `the server sent ${JSON.stringify(bytes.toString('latin1', from, Math.min(to, from + 40)))} as a number`,
  )

/** @param width bytes of a value, 4 or 8 */
export function putInteger(buffer: WordBuffer, width: number, bytes: Buffer, from: number, to: number): void {
  putNumber(buffer, width, digits(bytes, from, to))
}

/** @param value a safe integer, or one of 64 bits @param width bytes of a value, 4 or 8 */
export function putNumber(buffer: WordBuffer, width: number, value: number | bigint): void {
  if (width === 4) buffer.put(Number(value))
  else if (typeof value === 'bigint') buffer.putBigInt(value)
  else buffer.putInteger(value)
}

/** A decimal that has `scale` digits after its point, without it. */
export function putDecimal(
  buffer: WordBuffer,
  width: number,
  scale: number,
  bytes: Buffer,
  from: number,
  to: number,
): void {
  if (scale === 0) {
    putNumber(buffer, width, digits(bytes, from, to))
    return
  }
  const point = to - scale - 1
  if (bytes[point] !== POINT || to - from > SAFE + 1) {
    putNumber(buffer, width, unscaled(bytes.toString('latin1', from, to), scale))
    return
  }
  const negative = bytes[from] === MINUS
  let value = 0
  for (let at = negative ? from + 1 : from; at < to; at++) {
    if (at === point) continue
    const digit = (bytes[at] as number) - 48
    if (digit < 0 || digit > 9) throw notANumber(bytes, from, to)
    value = value * 10 + digit
  }
  putNumber(buffer, width, negative ? -value : value)
}

/** @example unscaled('-1.5', 2) is -150n */
function unscaled(text: string, scale: number): bigint {
  const [, whole, fraction = ''] = /^(-?\d+)(?:\.(\d*?)0*)?$/.exec(text) ?? []
  if (whole === undefined || fraction.length > scale)
    throw new TypeError(`the server sent ${JSON.stringify(text.slice(0, 80))} as a number of ${scale} decimal places`)
  return BigInt(whole + fraction.padEnd(scale, '0'))
}

const scratch = new DataView(new ArrayBuffer(8))

/** @param width bytes of a value: 4 rounds to a single */
export function putFloat(buffer: WordBuffer, width: number, value: number): void {
  if (width === 4) {
    scratch.setFloat32(0, value, true)
    buffer.put(scratch.getUint32(0, true))
  } else {
    scratch.setFloat64(0, value, true)
    buffer.putTwo(scratch.getUint32(0, true), scratch.getUint32(4, true))
  }
}

/** The sixteen bytes of a UUID of 36 letters. */
export function putUuid(buffer: ByteBuffer, bytes: Buffer, from: number, to: number): void {
  const value = Buffer.from(bytes.toString('latin1', from, to).replaceAll('-', ''), 'hex')
  if (value.length !== 16) throw notANumber(bytes, from, to)
  buffer.put(value, 0, 16)
}
