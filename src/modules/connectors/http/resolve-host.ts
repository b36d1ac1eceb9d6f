import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { userError } from '../../../shared/errors.ts'
import { isInternal } from '../../../shared/network/internal-address.ts'
import { unlessAborted } from '../kit/diagnose.ts'
import { networkError } from '../kit/errors.ts'

export interface HostAddress {
  readonly address: string
  readonly family: number
}

/** Asks for the addresses of a name, all of them. */
export type Resolver = (host: string) => Promise<readonly HostAddress[]>

const system: Resolver = (host) => lookup(host, { all: true, verbatim: true })

/**
 * Looks names up, each once, and refuses those that lead inside this network: a name that leads elsewhere when it is asked again
 * (DNS rebinding) changes nothing, since connections are made to the addresses that were checked.
 */
export class GuardedHosts {
  readonly #allowInternal: boolean
  readonly #resolve: Resolver
  readonly #known = new Map<string, Promise<readonly HostAddress[]>>()

  constructor(allowInternal: boolean, resolve: Resolver = system) {
    this.#allowInternal = allowInternal
    this.#resolve = resolve
  }

  /** @throws LogiDataError `connection.name`, `connection.internal`, `cancelled` */
  async addresses(url: URL, signal: AbortSignal): Promise<readonly HostAddress[]> {
    const host = hostOf(url)
    let found = this.#known.get(host)
    if (!found) {
      found = this.#ask(host, Number(url.port || (url.protocol === 'https:' ? 443 : 80)))
      this.#known.set(host, found)
      found.catch(() => this.#known.delete(host))
    }
    return unlessAborted(found, signal)
  }

  async #ask(host: string, port: number): Promise<readonly HostAddress[]> {
    const addresses =
      isIP(host) === 0
        ? await this.#resolve(host).catch((thrown: unknown) => {
            throw networkError(thrown, { host, port }) ?? thrown
          })
        : [{ address: host, family: isIP(host) }]
    const inside = addresses.find(({ address }) => isInternal(address))
    if (inside && !this.#allowInternal)
      throw userError(
        'connection.internal',
        `${host} ${inside.address === host ? 'is' : `leads to ${inside.address},`} an address inside this network, which this connection may not reach.`,
        { hint: 'If this API is of your own house, switch on “May be inside this network” in the connection.' },
      )
    return addresses
  }
}

/** A `lookup` that knows these addresses alone. */
export const pinned =
  (addresses: readonly HostAddress[]): LookupFunction =>
  (_host, options, done) => {
    const wanted = addresses.filter(({ family }) => !options.family || options.family === family)
    const [first] = wanted.length > 0 ? wanted : addresses
    if (options.all) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family ?? 4)
  }

/** Without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')
