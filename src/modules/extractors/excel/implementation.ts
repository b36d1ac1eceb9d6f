import type { RelationModule } from '../../kit/contract.ts'
import { compileExcel } from './compile.ts'
import { excelExtractDescriptor } from './descriptor.ts'
import type { ExcelFacts } from './facts.ts'
import { detectExcel, excelWarnings, prepareExcel } from './prepare.ts'

export const excelExtract: RelationModule<typeof excelExtractDescriptor, ExcelFacts> = {
  kind: 'relation',
  descriptor: excelExtractDescriptor,
  sources: (config) => [config.path],
  prepare: prepareExcel,
  detect: detectExcel,
  compile: ({ config, facts }) => compileExcel(config, facts),
  warnings: excelWarnings,
  size: (facts) => ({ bytes: facts.bytes, rows: facts.rows }),
}
