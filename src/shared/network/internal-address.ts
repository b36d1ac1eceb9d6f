/** Networks that are nobody's outside: the machine itself, the network it stands in, and what cannot be a server. */
const INTERNAL_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Among them those that carry an IPv4 address behind a gateway: whatever it is, nobody meant it. */
const INTERNAL_V6: readonly (readonly [string, number])[] = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

/**
 * Whether an address is of this machine or of the network around it: a shared project must not reach into them.
 * @param address IPv4 or IPv6, as resolvers write it; what is no address counts as internal
 */
export function isInternal(address: string): boolean {
  const v4 = parseV4(address)
  if (v4) return INTERNAL_V4.some(([network, bits]) => isWithin(v4, parseV4(network) ?? [], bits))
  const v6 = parseV6(address)
  if (!v6) return true
  const mapped = v6.slice(0, 10).every((byte) => byte === 0) && v6[10] === 0xff && v6[11] === 0xff
  if (mapped) return isInternal(v6.slice(12).join('.'))
  return INTERNAL_V6.some(([network, bits]) => isWithin(v6, parseV6(network) ?? [], bits))
}

function isWithin(address: readonly number[], network: readonly number[], bits: number): boolean {
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff
    if (((address[bit / 8] ?? 0) & mask) !== ((network[bit / 8] ?? 0) & mask)) return false
  }
  return true
}

function parseV4(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

function parseV6(given: string): number[] | undefined {
  let text = given.replace(/%.*$/, '')
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (tail) {
    const v4 = parseV4(tail[2] ?? '')
    if (!v4) return undefined
    const [a = 0, b = 0, c = 0, d = 0] = v4
    text = `${tail[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  }
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = (half: string | undefined) => (half ? half.split(':') : [])
  const [before, after] = [groups(halves[0]), groups(halves[1])]
  const missing = 8 - before.length - after.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...after]
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return all.flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
