import { carriedComments } from '../pipeline/carry-comments.ts'
import type { JsonValue } from '../pipeline/document.ts'
import { emitYaml } from '../pipeline/yaml/emit.ts'
import type { Path } from '../pipeline/yaml/source.ts'
import { type Expectation, type Given, type TestCase, type TestFile, testFileSchema } from './test-file.ts'

type Data = { [key: string]: JsonValue }

/**
 * Writes a test as its file: always the same bytes for the same test.
 * @param previousText what the file holds now: its comments are kept with what they speak of
 */
export function writeTest(file: TestFile, previousText?: string): string {
  const { format, name, description, pipeline, parameters, now, given, expect, cases } = testFileSchema.parse(file)
  const data = compact({
    format,
    name,
    description,
    pipeline,
    ...settings({ parameters, now, given, expect }),
    cases: cases?.map(caseData),
  })
  return emitYaml(data, {
    comments: previousText === undefined ? new Map() : carriedComments(previousText, data),
    alwaysBlock: (path) => path.length < 2 || isNamed(path),
    isVerbatim,
  })
}

const caseData = ({ name, description, ...rest }: TestCase): Data => compact({ name, description, ...settings(rest) })

interface Settings {
  readonly parameters?: TestFile['parameters'] | undefined
  readonly now?: string | undefined
  readonly given?: TestFile['given'] | undefined
  readonly expect?: TestFile['expect'] | undefined
}

function settings(from: Settings): Record<string, unknown> {
  const { parameters, now, given, expect } = from
  return {
    parameters: filled(parameters),
    now,
    given: filled(given && mapValues(given, tableData)),
    expect: filled(expect && mapValues(expect, tableData)),
  }
}

function tableData(table: Given & Expectation): Data {
  const { columns, error, count, file, keys, ordered, tolerance, ignore, rows } = table
  return compact({
    error,
    count,
    keys,
    ordered: ordered || undefined,
    tolerance,
    ignore,
    columns: columns?.map(({ name, type }) => compact({ name, type })),
    file,
    rows,
  })
}

/** Paths of maps whose keys people chose. */
function isNamed(path: Path): boolean {
  const inCase = path[0] === 'cases' ? path.slice(2) : path
  return inCase.length === 2 && (inCase[0] === 'given' || inCase[0] === 'expect')
}

/** What the reader takes as text however it looks: cells, amounts, parameters, the clock. */
function isVerbatim(path: Path): boolean {
  const [section, , field, ...rest] = path[0] === 'cases' ? path.slice(2) : path
  if (section === 'now' || section === 'parameters') return true
  if (section !== 'given' && section !== 'expect') return false
  return (field === 'rows' && rest.length === 2) || field === 'count' || field === 'tolerance'
}

const filled = <T extends object>(value: T | undefined): T | undefined =>
  value && Object.keys(value).length > 0 ? value : undefined

const compact = (data: Record<string, unknown>): Data =>
  Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as Data

const mapValues = <T>(from: Readonly<Record<string, T>>, to: (value: T) => Data): Data =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, to(value)]))
