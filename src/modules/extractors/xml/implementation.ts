import { userError } from '../../../shared/errors.ts'
import type { InputFile, PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { compileRecords } from '../../kit/files/records/compile.ts'
import { type RecordFacts, type StagedRecord, spellOut, stageRecords } from '../../kit/files/records/stage.ts'
import { textTyping } from '../../kit/files/records/typing.ts'
import { recordWarnings } from '../../kit/files/records/warnings.ts'
import { patternOf, sourceFilesOf } from '../../kit/files/source.ts'
import { type XmlConfig, xmlExtractDescriptor } from './descriptor.ts'
import { detectRowPath, readElements } from './read-elements.ts'
import { newXmlShape, observeElement, recordOf, type XmlShape } from './records.ts'

const ENDINGS = ['xml']

export const xmlExtract: RelationModule<typeof xmlExtractDescriptor, RecordFacts> = {
  kind: 'relation',
  descriptor: xmlExtractDescriptor,
  sources: (config) => [patternOf(config.path, ENDINGS)],
  prepare,
  detect: async (request) => {
    const [file] = await sourceFilesOf(request.config, request, ENDINGS)
    const path = request.config.row_path ?? (file && (await detectRowPath(file, request.config, request.signal)))
    return { ...spellOut(request.config, await prepare(request)), ...(path ? { row_path: path } : {}) }
  },
  compile: ({ config, facts }) => compileRecords('xml', config, facts),
  warnings: recordWarnings,
  size: (facts) => ({ bytes: facts.bytes }),
}

async function prepare(request: PrepareRequest<XmlConfig>): Promise<RecordFacts> {
  const { config, signal } = request
  const found = await sourceFilesOf(config, request, ENDINGS)
  // What repeats, and what has parts, is known once all rows were seen; then each becomes the same in every row.
  let known: Promise<{ shape: XmlShape; paths: ReadonlyMap<string, string> }> | undefined
  return stageRecords(request, found, {
    family: 'xml',
    key: 1,
    typing: textTyping(config.max_depth),
    async *records(file): AsyncGenerator<StagedRecord> {
      known ??= shapeOf(found, config, signal)
      const { shape, paths } = await known
      for await (const element of readElements(file, config, paths.get(file.path) ?? '*', signal)) {
        if ('mistake' in element)
          yield {
            line: element.line,
            problem: `this is not well-formed XML, and nothing after it is read: ${element.mistake}`,
            raw: '',
          }
        else yield { line: element.line, value: recordOf(element, shape, config) }
      }
    },
  })
}

async function shapeOf(files: readonly InputFile[], config: XmlConfig, signal: AbortSignal) {
  const shape = newXmlShape()
  const paths = new Map<string, string>()
  let rows = 0
  for (const file of files) {
    const path = config.row_path ?? (await detectRowPath(file, config, signal))
    paths.set(file.path, path)
    for await (const element of readElements(file, config, path, signal)) {
      rows++
      if (!('mistake' in element)) observeElement(shape, element, config)
    }
  }
  if (rows === 0)
    throw userError('xml.no-rows', `There is no element ${config.row_path ?? ''} in ${config.path}.`, {
      hint: files[0]
        ? `The first element that repeats is ${await detectRowPath(files[0], config, signal)}.`
        : 'Check the path.',
      field: ['row_path'],
    })
  return { shape, paths }
}
