import type { LoadModule } from '../../kit/contract.ts'
import { webhookLoadDescriptor } from './descriptor.ts'

export const webhookLoad: LoadModule<typeof webhookLoadDescriptor> = {
  kind: 'load',
  descriptor: webhookLoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, path }) => ({ path: `webhook://${connection}/${path.replace(/^\//, '')}`, mode: 'append' }),
  write: async (request) => (await import('./call.ts')).callWebhook(request),
  async committed({ files, key }) {
    const { SentLog } = await import('../../connectors/http/sending/progress.ts')
    return (await new SentLog(files.staging, key).read()).done
  },
}
