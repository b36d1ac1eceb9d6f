import type { RelationModule } from '../../kit/contract.ts'
import { compileCsv } from './compile.ts'
import { csvExtractDescriptor } from './descriptor.ts'
import { explainCsv } from './explain.ts'
import type { CsvFacts } from './facts.ts'
import { detectCsv, prepareCsv } from './prepare.ts'
import { csvWarnings } from './warnings.ts'

export const csvExtract: RelationModule<typeof csvExtractDescriptor, CsvFacts> = {
  kind: 'relation',
  descriptor: csvExtractDescriptor,
  sources: (config) => [config.path],
  prepare: prepareCsv,
  detect: detectCsv,
  compile: ({ config, facts }) => compileCsv(config, facts),
  explain: explainCsv,
  warnings: csvWarnings,
  size: (facts) => ({ bytes: facts.bytes }),
}
