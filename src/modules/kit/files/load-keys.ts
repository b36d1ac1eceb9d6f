/**
 * Tables of other people's databases hold no sign of who wrote a row. So a load that must not happen twice leaves its key in a table of
 * its own, in the transaction of the rows: either both are there or none is.
 */
export const KEYS_TABLE = '_logidata_loads'

export const KEYS_TABLE_COLUMNS = 'load_key VARCHAR NOT NULL PRIMARY KEY, loaded_at TIMESTAMP NOT NULL'

/** Keys are asked for when a run is resumed; nobody resumes one of last year. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000

const stamp = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/** When a load is stored now, and before when those stored are forgotten. */
export const keyTimes = (now = Date.now()): { readonly at: string; readonly forget: string } => ({
  at: stamp(now),
  forget: stamp(now - KEPT_MS),
})
