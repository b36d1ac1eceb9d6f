/** Types of fields, as the compact protocol numbers them. */
const TYPE = { yes: 1, no: 2, i8: 3, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const

export type ThriftValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'i8' | 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'struct'; readonly fields: ThriftFields }
  | { readonly kind: 'list'; readonly items: readonly ThriftValue[] }

/** Fields by their numbers; those that are undefined are left out. */
export type ThriftFields = Readonly<Record<number, ThriftValue | undefined>>

export const bool = (value: boolean): ThriftValue => ({ kind: 'bool', value })
export const i8 = (value: number): ThriftValue => ({ kind: 'i8', value })
export const i32 = (value: number): ThriftValue => ({ kind: 'i32', value })
/** @param value a safe integer */
export const i64 = (value: number): ThriftValue => ({ kind: 'i64', value })
export const text = (value: string): ThriftValue => ({ kind: 'text', value })
export const struct = (fields: ThriftFields): ThriftValue => ({ kind: 'struct', fields })
export const list = (items: readonly ThriftValue[]): ThriftValue => ({ kind: 'list', items })

/**
 * A struct in Thrift's compact protocol, which Parquet's heads are written in.
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function thriftBytes(fields: ThriftFields): Buffer {
  const bytes: number[] = []
  writeStruct(bytes, fields)
  return Buffer.from(bytes)
}

function writeStruct(to: number[], fields: ThriftFields): void {
  let last = 0
  for (const [name, value] of Object.entries(fields)) {
    if (!value) continue
    const id = Number(name)
    to.push(((id - last) << 4) | typeOf(value))
    last = id
    if (value.kind !== 'bool') writeValue(to, value)
  }
  to.push(0)
}

function typeOf(value: ThriftValue): number {
  if (value.kind === 'bool') return value.value ? TYPE.yes : TYPE.no
  return value.kind === 'text' ? TYPE.binary : TYPE[value.kind]
}

function writeValue(to: number[], value: ThriftValue): void {
  switch (value.kind) {
    case 'bool':
      to.push(typeOf(value))
      return
    case 'i8':
      to.push(value.value & 0xff)
      return
    case 'i32':
    case 'i64':
      // Zigzag: the sign is the lowest bit.
      writeVarint(to, value.value < 0 ? -2 * value.value - 1 : 2 * value.value)
      return
    case 'text': {
      const bytes = Buffer.from(value.value)
      writeVarint(to, bytes.length)
      for (const byte of bytes) to.push(byte)
      return
    }
    case 'struct':
      writeStruct(to, value.fields)
      return
    case 'list': {
      const { items } = value
      const type = items[0] ? typeOf(items[0]) : TYPE.struct
      if (items.length < 15) to.push((items.length << 4) | type)
      else {
        to.push(0xf0 | type)
        writeVarint(to, items.length)
      }
      for (const item of items) writeValue(to, item)
    }
  }
}

function writeVarint(to: number[], value: number): void {
  let rest = value
  while (rest >= 0x80) {
    to.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  to.push(rest)
}

/** @see writeVarint */
export function varintBytes(value: number): number[] {
  const bytes: number[] = []
  writeVarint(bytes, value)
  return bytes
}
