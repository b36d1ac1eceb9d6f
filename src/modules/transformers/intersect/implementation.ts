import type { RelationModule } from '../../kit/contract.ts'
import { setOperation } from '../../kit/set-operation.ts'
import { intersectDescriptor } from './descriptor.ts'

export const intersect: RelationModule<typeof intersectDescriptor, undefined> = {
  kind: 'relation',
  descriptor: intersectDescriptor,
  blocking: true,
  compile: ({ nodeId, config, inputs }) => ({ out: setOperation(config, inputs, 'common', nodeId) }),
}
