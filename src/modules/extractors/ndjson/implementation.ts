import type { PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { compileRecords } from '../../kit/files/records/compile.ts'
import { type RecordFacts, spellOut, stageRecords } from '../../kit/files/records/stage.ts'
import { jsonTyping } from '../../kit/files/records/typing.ts'
import { patternOf, sourceFilesOf } from '../../kit/files/source.ts'
import { ndjsonExtractDescriptor } from './descriptor.ts'
import { recordsOf } from './records.ts'

const ENDINGS = ['ndjson', 'jsonl']
type Config = Parameters<typeof ndjsonExtractDescriptor.describe>[0]

async function prepare(request: PrepareRequest<Config>): Promise<RecordFacts> {
  const { config, signal } = request
  const found = await sourceFilesOf(config, request, ENDINGS)
  return stageRecords(request, found, {
    family: 'json',
    key: 'ndjson',
    typing: () => jsonTyping(config.max_depth),
    records: (file, budget) => recordsOf(file, config, signal, budget),
  })
}

export const ndjsonExtract: RelationModule<typeof ndjsonExtractDescriptor, RecordFacts> = {
  kind: 'relation',
  descriptor: ndjsonExtractDescriptor,
  sources: (config) => [patternOf(config.path, ENDINGS)],
  prepare,
  detect: async (request) => spellOut(request.config, await prepare(request)),
  compile: ({ config, facts }) => compileRecords('json', config, facts),
  partial: (facts) => facts.partial === true,
  size: (facts) => ({ bytes: facts.bytes }),
}
