import type { z } from 'zod'
import type { ModuleDescriptor } from '../../../../shared/modules/descriptor.ts'
import type { PrepareRequest, RelationModule } from '../../contract.ts'
import { patternOf, sourceFilesOf } from '../source.ts'
import { compileRecords } from './compile.ts'
import type { RecordConfig } from './config.ts'
import { type RecordFacts, type RecordFormat, spellOut, stageRecords } from './stage.ts'
import { recordWarnings } from './warnings.ts'

/**
 * An extract whose files are taken apart record by record: the config names the files, and whatever else `format` needs.
 * @param endings of the files in a folder
 */
export function recordModule<Config extends RecordConfig, Schema extends z.ZodType<Config>>(
  descriptor: ModuleDescriptor<Schema>,
  family: string,
  endings: readonly string[],
  format: (request: PrepareRequest<z.output<Schema>>) => FormatOf | Promise<FormatOf>,
): RelationModule<ModuleDescriptor<Schema>, RecordFacts> {
  const prepare = async (request: PrepareRequest<z.output<Schema>>): Promise<RecordFacts> => {
    const found = await sourceFilesOf(request.config, request, endings)
    return stageRecords(request, found, { family, ...(await format(request)) })
  }
  return {
    kind: 'relation',
    descriptor,
    sources: (config) => [patternOf(config.path, endings)],
    prepare,
    detect: async (request) => spellOut(request.config, await prepare(request)),
    compile: ({ config, facts }) => compileRecords(family, config, facts),
    warnings: recordWarnings,
    partial: (facts) => facts.partial === true,
    size: (facts) => ({ bytes: facts.bytes }),
  }
}

type FormatOf = Omit<RecordFormat, 'family'>
