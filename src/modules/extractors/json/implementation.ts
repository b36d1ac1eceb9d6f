import type { PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { compileJson } from '../../kit/files/json/compile.ts'
import { type JsonFacts, spellOut, stageJson } from '../../kit/files/json/stage.ts'
import { jsonExtractDescriptor } from './descriptor.ts'
import { recordsOf } from './records.ts'

type Config = Parameters<typeof jsonExtractDescriptor.describe>[0]

async function prepare(request: PrepareRequest<Config>): Promise<JsonFacts> {
  const { config, files, signal } = request
  const found = await files.inputs(config.path)
  return stageJson(request, found, 'json', (file) => recordsOf(file, config, signal))
}

export const jsonExtract: RelationModule<typeof jsonExtractDescriptor, JsonFacts> = {
  kind: 'relation',
  descriptor: jsonExtractDescriptor,
  sources: (config) => [config.path],
  prepare,
  detect: async (request) => spellOut(request.config, await prepare(request)),
  compile: ({ config, facts }) => compileJson(config, facts),
  size: (facts) => ({ bytes: facts.bytes }),
}
