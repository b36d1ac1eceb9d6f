import { randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Admits one person's browser. A token works once, in exchange for a cookie; the cookie lives as long as the server. Whoever
 * reads the printed address later, in a terminal's history or over a shoulder, gets nothing for it.
 */
export class BrowserSession {
  readonly #cookieName: string
  readonly #secret = newSecret()
  #token: string | undefined = newSecret()

  /** Cookies do not tell ports apart: the name must. */
  constructor(port: number) {
    this.#cookieName = `logidata_${port}`
  }

  /** The token that was not used yet; a new one if it was. */
  token(): string {
    this.#token ??= newSecret()
    return this.#token
  }

  /** @returns the `Set-Cookie` value, if this is the unused token */
  exchange(token: string): string | undefined {
    if (this.#token === undefined || !sameSecret(token, this.#token)) return undefined
    this.#token = undefined
    return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`
  }

  admits(cookieHeader: string | undefined): boolean {
    const cookies = (cookieHeader ?? '').split(';').map((part) => part.trim())
    const mine = cookies.find((cookie) => cookie.startsWith(`${this.#cookieName}=`))
    return mine !== undefined && sameSecret(mine.slice(this.#cookieName.length + 1), this.#secret)
  }
}

const newSecret = () => randomBytes(32).toString('base64url')

function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
