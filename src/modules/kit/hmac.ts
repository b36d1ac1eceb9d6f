import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { type Sql, sql } from './sql.ts'

const BLOCK = 64

/**
 * HMAC-SHA-256 (RFC 2104) of a text's UTF-8 bytes, as 64 hexadecimal digits, in SQL: the padded keys are worked out here, since SQL has no
 * exclusive or of bytes. Who reads the SQL can work the key out of them.
 */
export function hmacSha256(key: string, text: Sql): Sql {
  const bytes = utf8ToBytes(key)
  const block = new Uint8Array(BLOCK)
  block.set(bytes.length > BLOCK ? sha256(bytes) : bytes)
  const padded = (pad: number): string => bytesToHex(block.map((byte) => byte ^ pad))
  const inner = sql`sha256(from_hex(${padded(0x36)}) || encode(${text}))`
  return sql`sha256(from_hex(${padded(0x5c)}) || from_hex(${inner}))`
}
