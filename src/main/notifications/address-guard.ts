import { lookup } from 'node:dns/promises'
import { operationalError, userError } from '../../shared/errors.ts'
import { isInternal } from '../../shared/network/internal-address.ts'

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
