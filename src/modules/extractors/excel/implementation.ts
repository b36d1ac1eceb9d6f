import type { RelationModule } from '../../kit/contract.ts'
import { patternOf } from '../../kit/files/source.ts'
import { compileExcel } from './compile.ts'
import { excelExtractDescriptor } from './descriptor.ts'
import type { ExcelFacts } from './facts.ts'
import { detectExcel, ENDINGS, excelWarnings, prepareExcel } from './prepare.ts'

export const excelExtract: RelationModule<typeof excelExtractDescriptor, ExcelFacts> = {
  kind: 'relation',
  descriptor: excelExtractDescriptor,
  sources: ({ path }) => [patternOf(path, ENDINGS)],
  prepare: prepareExcel,
  detect: detectExcel,
  compile: ({ config, facts }) => compileExcel(config, facts),
  warnings: excelWarnings,
  size: (facts) => ({ bytes: facts.bytes, rows: facts.rows }),
}
