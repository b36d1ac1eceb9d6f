import type { Problem } from '../engine/types.ts'
import { documentSchema, FORMAT, type JsonValue, type PipelineDocument } from './document.ts'
import { migrate } from './migrations.ts'
import { normaliseDocument } from './normalise.ts'
import { salvage } from './salvage.ts'
import { type Path, type Positions, parseSource, problem } from './yaml/source.ts'
import { toPlainData } from './yaml/values.ts'

export type { FilePosition, Path, Positions } from './yaml/source.ts'

export interface ReadResult {
  /**
   * What could be read. Absent when that is nothing of use: no YAML, another format. With problems of severity `error` it lacks
   * what they speak of; see `complete`.
   */
  readonly document?: PipelineDocument
  /** Nothing of the file is missing in the document. Otherwise saving the document over the file would lose something. */
  readonly complete: boolean
  readonly problems: Problem[]
  readonly positions: Positions
  /** Names of the migrations that the file went through. */
  readonly migrated: readonly string[]
}

type Data = { [key: string]: JsonValue }

/** Reads a pipeline file. Never throws: whatever is wrong with the text is a problem with its place in the file. */
export function readPipeline(text: string): ReadResult {
  const source = parseSource(text)
  const { positions } = source
  const failed = (problems: Problem[]): ReadResult => ({ complete: false, problems, positions, migrated: [] })
  if (source.problems.length > 0) return failed(source.problems)

  const plain = toPlainData(source, (path) => (isText(path) ? 'text' : 'any'))
  const problems = plain.problems.map((refused) => ({ ...refused.problem, ...nodeAndField(refused.path) }))
  if (!isData(plain.value)) {
    const what = source.root === null || plain.value === null ? 'The file is empty.' : 'The file is not a pipeline.'
    const hint = `A pipeline starts with "format: ${FORMAT}".`
    return failed([...problems, problem('pipeline.not-a-pipeline', what, positions.at([]), hint)])
  }

  const { format } = plain.value
  if (format === undefined) {
    const hint = `Write "format: ${FORMAT}" as its first line.`
    return failed([
      ...problems,
      problem('pipeline.format', 'The file does not say its format.', positions.at([]), hint),
    ])
  }
  const outcome = migrate(plain.value, String(format))
  if (outcome.kind === 'unknown') {
    const message = outcome.newer
      ? `The format "${format}" is newer than this version of LogiData Studio, which reads ${FORMAT}.`
      : `The format "${format}" is not known.`
    const hint = outcome.newer ? 'Update LogiData Studio to open the file.' : `This version reads ${FORMAT}.`
    return failed([...problems, problem('pipeline.format', message, positions.at(['format']), hint)])
  }

  const refused = plain.problems.map(({ path }) => path)
  const salvaged = salvage(withoutEmptyMaps(outcome.data), refused)
  for (const issue of salvaged.issues) {
    problems.push({
      ...problem(issue.code, issue.message, positions.at(issue.path), issue.hint),
      ...nodeAndField(issue.path),
    })
  }
  const parsed = documentSchema.safeParse(salvaged.data)
  if (!parsed.success) return failed(problems)
  return {
    document: normaliseDocument(parsed.data),
    complete: problems.length === 0,
    problems,
    positions,
    migrated: outcome.applied,
  }
}

/** Whether a path's scalars are text however they are written: names, descriptions, references, defaults of parameters. */
function isText(path: Path): boolean {
  const [section, , field] = path
  if (path.length === 1) return section === 'format' || section === 'name' || section === 'description'
  if (section === 'parameters') return path.length === 3 && field !== 'secret'
  if (section !== 'nodes') return false
  if (field === 'checks') return path.length > 4
  if (path.length === 3) return field === 'type' || field === 'label' || field === 'note'
  return path.length === 4 && field === 'inputs'
}

/** `inputs:` with nothing after it means the same as no `inputs`. */
function withoutEmptyMaps(data: Data): Data {
  const result = dropNulls(data, ['parameters', 'layout'])
  if (result.nodes === null) result.nodes = {}
  if (isData(result.nodes)) {
    const nodes = Object.entries(result.nodes).map(([nodeId, node]) => [
      nodeId,
      isData(node) ? dropNulls(node, ['inputs', 'config', 'checks', 'run']) : node,
    ])
    result.nodes = Object.fromEntries(nodes) as Data
  }
  return result
}

function dropNulls(data: Data, keys: readonly string[]): Data {
  return Object.fromEntries(Object.entries(data).filter(([key, value]) => value !== null || !keys.includes(key)))
}

function isData(value: JsonValue | undefined): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function nodeAndField(path: Path): { nodeId?: string; field?: (string | number)[] } {
  const [section, nodeId, part, ...field] = path
  if (section !== 'nodes' || typeof nodeId !== 'string') return {}
  if (part === 'checks') return { nodeId, field: ['checks', ...field] }
  return part === 'config' && field.length > 0 ? { nodeId, field } : { nodeId }
}
