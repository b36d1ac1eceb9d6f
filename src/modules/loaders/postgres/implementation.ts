import { userError } from '../../../shared/errors.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { postgresLoadDescriptor } from './descriptor.ts'

export const postgresLoad: LoadModule<typeof postgresLoadDescriptor> = {
  kind: 'load',
  descriptor: postgresLoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, schema, table, mode }) => ({ path: `postgres://${connection}/${schema}.${table}`, mode }),
  check({ key, parts }, columns) {
    const names = columns.map(({ name }) => name)
    for (const [field, wanted] of Object.entries({ key, parts }))
      for (const name of wanted)
        if (!names.some((one) => one.toLowerCase() === name.toLowerCase()))
          throw userError('column.not-found', `There is no column “${name}”.`, {
            field: [field],
            ...didYouMean(name, names),
          })
  },
  // The driver is large: it comes when somebody writes to a server.
  write: async (request) => (await import('./write.ts')).write(request),
  committed: async (request) => (await import('./write.ts')).committed(request),
}
