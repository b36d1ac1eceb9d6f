import type { RelationModule } from '../../kit/contract.ts'
import { setOperation } from '../../kit/set-operation.ts'
import { exceptDescriptor } from './descriptor.ts'

export const except: RelationModule<typeof exceptDescriptor, undefined> = {
  kind: 'relation',
  descriptor: exceptDescriptor,
  blocking: true,
  compile: ({ nodeId, config, inputs }) => ({ out: setOperation(config, inputs, 'other', nodeId) }),
}
