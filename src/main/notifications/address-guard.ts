import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { operationalError, userError } from '../../shared/errors.ts'

/** Addresses of this machine and of networks that are nobody's outside: a shared project must not reach into them. */
const INTERNAL = new BlockList()
for (const [network, bits] of [
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
] as const)
  INTERNAL.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  INTERNAL.addSubnet(network, bits, 'ipv6')

export const isInternal = (address: string): boolean => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const plain = mapped ?? address
  return INTERNAL.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

export interface Address {
  readonly address: string
  readonly family: number
}

/**
 * The address that a host's name leads to. Whoever connects must use this very address: asked again, the name may lead elsewhere.
 * @param granted hosts that the person of this machine allowed, though they are internal
 * @throws LogiDataError `network.unresolved`, `network.internal`
 */
export async function resolveOutside(host: string, granted: ReadonlySet<string>): Promise<Address> {
  const name = host.replace(/^\[|\]$/g, '')
  let addresses: Address[]
  try {
    addresses = await lookup(name, { all: true, verbatim: true })
  } catch (cause) {
    throw operationalError('network.unresolved', `The name ${name} leads nowhere.`, {
      hint: 'Check the spelling, and that this machine is online.',
      cause,
    })
  }
  const inside = addresses.find(({ address }) => isInternal(address))
  if (inside && !granted.has(name))
    throw userError('network.internal', `${name} leads to ${inside.address}, an address inside this network.`, {
      hint: `A project may not reach into your network unless you allow it: start with --allow-host ${name}.`,
    })
  const [first] = addresses
  if (!first) throw operationalError('network.unresolved', `The name ${name} leads nowhere.`)
  return first
}
