import type { RelationModule } from '../../kit/contract.ts'
import { driftWarnings } from '../../kit/files/drift.ts'
import { patternOf } from '../../kit/files/source.ts'
import { compileCsv } from './compile.ts'
import { csvExtractDescriptor } from './descriptor.ts'
import { explainCsv } from './explain.ts'
import type { CsvFacts } from './facts.ts'
import { detectCsv, ENDINGS, prepareCsv } from './prepare.ts'
import { csvWarnings } from './warnings.ts'

export const csvExtract: RelationModule<typeof csvExtractDescriptor, CsvFacts> = {
  kind: 'relation',
  descriptor: csvExtractDescriptor,
  sources: (config) => [patternOf(config.path, ENDINGS)],
  prepare: prepareCsv,
  detect: detectCsv,
  compile: ({ config, facts }) => compileCsv(config, facts),
  explain: explainCsv,
  warnings: (facts, config) => [...csvWarnings(facts), ...driftWarnings(facts.drift, config.when_columns_differ)],
  size: (facts) => ({ bytes: facts.bytes }),
}
