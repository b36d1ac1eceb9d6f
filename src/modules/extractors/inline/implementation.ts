import type { RelationModule } from '../../kit/contract.ts'
import { checkTypedRows, typedRows } from '../../kit/files/typed-rows.ts'
import { inlineExtractDescriptor } from './descriptor.ts'

export const inlineExtract: RelationModule<typeof inlineExtractDescriptor, undefined> = {
  kind: 'relation',
  descriptor: inlineExtractDescriptor,
  async prepare({ config, session, nodeId }) {
    await checkTypedRows(config, session, nodeId)
    return undefined
  },
  compile: ({ config }) => ({ out: typedRows(config) }),
  size: () => ({ bytes: 0 }),
}
