import type { LoadModule } from '../../kit/contract.ts'
import { checkTableLoad } from '../../kit/tables/check.ts'
import { mysqlLoadDescriptor } from './descriptor.ts'

export const mysqlLoad: LoadModule<typeof mysqlLoadDescriptor> = {
  kind: 'load',
  descriptor: mysqlLoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, database, table, mode }) => ({
    path: `mysql://${connection}/${database === undefined ? '' : `${database}.`}${table}`,
    mode,
  }),
  check: checkTableLoad,
  // The driver is large: it comes when somebody writes to a server.
  write: async (request) => (await import('./write.ts')).write(request),
  forecast: async (request) => (await import('./write.ts')).forecast(request),
  committed: async (request) => (await import('./write.ts')).committed(request),
}
