import type { PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { compileRecords } from '../../kit/files/records/compile.ts'
import { type RecordFacts, spellOut, stageRecords } from '../../kit/files/records/stage.ts'
import { patternOf, sourceFilesOf } from '../../kit/files/source.ts'
import { type HtmlConfig, htmlExtractDescriptor } from './descriptor.ts'
import { textTyping } from './text-typing.ts'

const ENDINGS = ['html', 'htm']

async function prepare(request: PrepareRequest<HtmlConfig>): Promise<RecordFacts> {
  const { config, signal } = request
  const found = await sourceFilesOf(config, request, ENDINGS)
  // The parser comes with the first page that is read.
  const { htmlRecords } = await import('./records.ts')
  const names = new Set<string>()
  return stageRecords(request, found, {
    family: 'html',
    key: 1,
    // A tree of a page is many times its size.
    previewBytes: 4e6,
    typing: () => textTyping(),
    names: () => [...names],
    records: (file, budget) => htmlRecords(file, config, names, signal, budget),
  })
}

export const htmlExtract: RelationModule<typeof htmlExtractDescriptor, RecordFacts> = {
  kind: 'relation',
  descriptor: htmlExtractDescriptor,
  sources: (config) => [patternOf(config.path, ENDINGS)],
  prepare,
  detect: async (request) => spellOut(request.config, await prepare(request)),
  compile: ({ config, facts }) => compileRecords('html', config, facts),
  partial: (facts) => facts.partial === true,
  size: (facts) => ({ bytes: facts.bytes }),
}
