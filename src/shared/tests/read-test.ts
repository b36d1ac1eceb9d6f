import type { z } from 'zod'
import type { Problem } from '../engine/types.ts'
import { type Path, type Positions, parseSource, problem } from '../pipeline/yaml/source.ts'
import { type TextKind, toPlainData } from '../pipeline/yaml/values.ts'
import { TEST_FORMAT, type TestFile, testFileSchema } from './test-file.ts'

export interface ReadTest {
  /** Absent when anything in the file is wrong: half a test would say that something holds which nobody looked at. */
  readonly file?: TestFile
  readonly problems: Problem[]
  readonly positions: Positions
}

/** Reads a test file. Never throws: whatever is wrong with the text is a problem with its place in the file. */
export function readTest(text: string): ReadTest {
  const source = parseSource(text)
  const { positions } = source
  const failed = (problems: readonly Problem[]): ReadTest => ({ problems: problems.map(asTest), positions })
  if (source.problems.length > 0) return failed(source.problems)
  const plain = toPlainData(source, textKind)
  const problems = plain.problems.map((refused) => refused.problem)
  const { value } = plain
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const hint = `A test starts with "format: ${TEST_FORMAT}".`
    return failed([...problems, problem('test.not-a-test', 'The file is not a test.', positions.at([]), hint)])
  }
  if (value.format !== TEST_FORMAT) {
    const message =
      value.format === undefined
        ? 'The file does not say its format.'
        : `The format "${String(value.format)}" is not known.`
    const hint = `Write "format: ${TEST_FORMAT}" as its first line.`
    return failed([...problems, problem('test.format', message, positions.at(['format']), hint)])
  }
  const parsed = testFileSchema.safeParse(value)
  if (parsed.success && problems.length === 0) return { file: parsed.data, problems: [], positions }
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path.filter((part) => typeof part !== 'symbol')
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : []
    for (const key of unknown)
      problems.push(
        problem('test.unknown-key', `“${[...path, key].join('.')}” is not known here.`, positions.at([...path, key])),
      )
    if (unknown.length === 0)
      problems.push(problem('test.invalid', `${place(path)}: ${reasonOf(issue)}.`, positions.at(path)))
  }
  return failed(problems)
}

/** Everything in a test is text as it is written, so that no digit is lost; a cell may also be missing. */
function textKind(path: Path): TextKind {
  const inCase = path[0] === 'cases' ? path.slice(2) : path
  const [section, , field, ...rest] = inCase
  if (section !== 'given' && section !== 'expect') return 'text'
  if (field === 'rows' && rest.length === 2) return 'text or null'
  return section === 'expect' && field === 'ordered' ? 'any' : 'text'
}

const place = (path: Path): string => (path.length === 0 ? 'The test' : `“${path.join('.')}”`)

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  const missing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
  return missing ? 'is missing' : issue.message.replace(/^Invalid input: /, '').replace(/\.$/, '')
}

/** The YAML reader is the pipelines' own, and so are its codes. */
const asTest = (given: Problem): Problem => ({ ...given, code: given.code.replace(/^pipeline\./, 'test.') })
