/**
 * Another site can make a browser send requests to this computer, and by rebinding its own name to 127.0.0.1 even read the
 * answers. Such requests name that site in `Host` or `Origin`; ours name this computer and this port.
 */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`
}

/** For WebSockets, which no browser protects by itself: the page that opens one must be ours. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, port: number): boolean {
  return isOwnHost(host, port) && origin === `http://${host}`
}
