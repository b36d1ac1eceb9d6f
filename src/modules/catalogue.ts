import type { ModuleInfo } from '../shared/modules/descriptor.ts'
import { csvExtract } from './extractors/csv/implementation.ts'
import { inlineExtract } from './extractors/inline/implementation.ts'
import { jsonExtract } from './extractors/json/implementation.ts'
import { ndjsonExtract } from './extractors/ndjson/implementation.ts'
import { parquetExtract } from './extractors/parquet/implementation.ts'
import type { Module } from './kit/contract.ts'
import { toModuleInfo } from './kit/module-info.ts'
import { csvLoad } from './loaders/csv/implementation.ts'
import { jsonLoad } from './loaders/json/implementation.ts'
import { parquetLoad } from './loaders/parquet/implementation.ts'
import { aggregate } from './transformers/aggregate/implementation.ts'
import { deduplicate } from './transformers/deduplicate/implementation.ts'
import { filter } from './transformers/filter/implementation.ts'
import { formula } from './transformers/formula/implementation.ts'
import { join } from './transformers/join/implementation.ts'
import { limit } from './transformers/limit/implementation.ts'
import { sample } from './transformers/sample/implementation.ts'
import { select } from './transformers/select/implementation.ts'
import { sort } from './transformers/sort/implementation.ts'
import { sqlStep } from './transformers/sql/implementation.ts'
import { union } from './transformers/union/implementation.ts'

/** Every module there is, in the order of the palette. */
export const modules: readonly Module[] = [
  // Extract
  csvExtract,
  jsonExtract,
  ndjsonExtract,
  parquetExtract,
  inlineExtract,
  // Shape
  filter,
  select,
  formula,
  aggregate,
  deduplicate,
  sort,
  sample,
  limit,
  // Combine
  union,
  sqlStep,
  join,
  // Load
  csvLoad,
  jsonLoad,
  parquetLoad,
]

const byType = new Map(modules.map((module) => [module.descriptor.type, module]))

/** @example moduleOf('transform.filter') */
export function moduleOf(type: string): Module | undefined {
  return byType.get(type)
}

let infos: ModuleInfo[] | undefined

/** The catalogue as data, for the window, the command line and the documentation. */
export function moduleInfos(): ModuleInfo[] {
  infos ??= modules.map((module) => toModuleInfo(module.descriptor))
  return infos
}
