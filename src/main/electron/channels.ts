/** The preload asks the main process for a connection, and sends the port to answer on along with it. */
export const CONNECT_CHANNEL = 'logidata:connect'

/** The page asks the preload for a connection, which answers with a message of the same name that carries the port. */
export const PORT_MESSAGE = 'logidata:port'

/** What `window` has where the studio runs in Electron. */
export const DESKTOP_KEY = 'logidataDesktop'
