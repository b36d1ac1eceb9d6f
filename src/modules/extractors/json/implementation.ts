import type { RelationModule } from '../../kit/contract.ts'
import { compileJson } from '../../kit/files/json/compile.ts'
import { type JsonFacts, stageJson } from '../../kit/files/json/stage.ts'
import { jsonExtractDescriptor } from './descriptor.ts'
import { recordsOf } from './records.ts'

export const jsonExtract: RelationModule<typeof jsonExtractDescriptor, JsonFacts> = {
  kind: 'relation',
  descriptor: jsonExtractDescriptor,
  sources: (config) => [config.path],
  async prepare(request) {
    const { config, files, signal } = request
    const found = await files.inputs(config.path)
    return stageJson(request, found, 'json', (file) => recordsOf(file, config, signal))
  },
  compile: ({ config, facts }) => compileJson(config, facts),
  size: (facts) => ({ bytes: facts.bytes }),
}
