import { userError } from '../../../shared/errors.ts'
import type { InputFile, PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { ReadBudget } from '../../kit/files/read-budget.ts'
import { compileRecords } from '../../kit/files/records/compile.ts'
import { type RecordFacts, type StagedRecord, spellOut, stageRecords } from '../../kit/files/records/stage.ts'
import { textTyping } from '../../kit/files/records/typing.ts'
import { recordWarnings } from '../../kit/files/records/warnings.ts'
import { patternOf, sourceFilesOf } from '../../kit/files/source.ts'
import { type XmlConfig, xmlExtractDescriptor } from './descriptor.ts'
import { detectRowPath, readElements, type XmlElement, type XmlMistake } from './read-elements.ts'
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
  partial: (facts) => facts.partial === true,
  size: (facts) => ({ bytes: facts.bytes }),
}

async function prepare(request: PrepareRequest<XmlConfig>): Promise<RecordFacts> {
  const { config, signal } = request
  const found = await sourceFilesOf(config, request, ENDINGS)
  // What repeats, and what has parts, is known once all rows were seen; then each becomes the same in every row.
  const known = new Map<boolean, Promise<XmlRows>>()
  return stageRecords(request, found, {
    family: 'xml',
    key: 2,
    typing: () => textTyping(config.max_depth, true),
    async *records(file, budget): AsyncGenerator<StagedRecord> {
      const rows = known.get(budget !== undefined) ?? shapeOf(found, config, signal, budget && new ReadBudget())
      known.set(budget !== undefined, rows)
      const { shape, paths, cut } = await rows
      if (budget && cut && paths.size === 0) budget.cut = true
      const path = paths.get(file.path)
      if (path === undefined) return
      for await (const element of readElements(file, config, path, signal, budget)) {
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

interface XmlRows {
  readonly shape: XmlShape
  /** Of the rows, in the files that have some. */
  readonly paths: ReadonlyMap<string, string>
  /** They are those of a part of the files. */
  readonly cut: boolean
}

async function shapeOf(
  files: readonly InputFile[],
  config: XmlConfig,
  signal: AbortSignal,
  budget: ReadBudget | undefined,
): Promise<XmlRows> {
  const shape = newXmlShape()
  const paths = new Map<string, string>()
  let rows = 0
  for (const file of files) {
    const path = config.row_path ?? (await detectRowPath(file, config, signal))
    let own = 0
    for await (const element of readElements(file, config, path, signal, budget)) {
      // `<rows/>` is a table without rows, not one row without columns.
      if (config.row_path === undefined && isRoot(path) && isBare(element)) continue
      own++
      if (!('mistake' in element)) observeElement(shape, element, config)
    }
    if (own > 0) paths.set(file.path, path)
    rows += own
    if (budget?.cut) break
  }
  const cut = budget?.cut === true
  if (rows > 0 || cut) return { shape, paths, cut }
  const first = files[0] && (await detectRowPath(files[0], config, signal))
  // Where a root has nothing in it there is no wrong path to tell.
  if (config.columns && first !== undefined && isRoot(first)) return { shape, paths, cut }
  throw userError('xml.no-rows', `There is no element ${config.row_path ?? 'that could be a row'} in ${config.path}.`, {
    hint:
      first === undefined
        ? 'Check the path.'
        : isRoot(first)
          ? 'If the file may be empty, name its columns and their types in “Columns”.'
          : `The first element that repeats is ${first}.`,
    field: isRoot(first ?? '') ? ['path'] : ['row_path'],
  })
}

const isRoot = (path: string): boolean => /^\/[^/]+$/.test(path)
const isBare = (element: XmlElement | XmlMistake): boolean =>
  !('mistake' in element) &&
  element.attributes.length === 0 &&
  element.children.length === 0 &&
  element.text.trim() === ''
