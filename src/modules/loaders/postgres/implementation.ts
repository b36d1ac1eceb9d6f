import type { LoadModule } from '../../kit/contract.ts'
import { checkTableLoad } from '../../kit/tables/check.ts'
import { postgresLoadDescriptor } from './descriptor.ts'

export const postgresLoad: LoadModule<typeof postgresLoadDescriptor> = {
  kind: 'load',
  descriptor: postgresLoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, schema, table, mode }) => ({ path: `postgres://${connection}/${schema}.${table}`, mode }),
  check: checkTableLoad,
  // The driver is large: it comes when somebody writes to a server.
  write: async (request) => (await import('./write.ts')).write(request),
  forecast: async (request) => (await import('./write.ts')).forecast(request),
  committed: async (request) => (await import('./write.ts')).committed(request),
}
