import { userError } from '../../../shared/errors.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { restLoadDescriptor } from './descriptor.ts'

export const restLoad: LoadModule<typeof restLoadDescriptor> = {
  kind: 'load',
  descriptor: restLoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, path }) => ({ path: `http://${connection}/${path.replace(/^\//, '')}`, mode: 'append' }),
  check(config) {
    if (config.body === 'object' && config.batch_rows !== 1)
      throw userError('rest.batch', 'One JSON object holds one row.', {
        field: ['batch_rows'],
        hint: 'Set “Rows in a batch” to 1, or send arrays.',
      })
  },
  write: async (request) => (await import('./send-batches.ts')).sendBatches(request),
  async committed({ files, key }) {
    const { SentLog } = await import('../../connectors/http/sending/progress.ts')
    return (await new SentLog(files.staging, key).read()).done
  },
}
