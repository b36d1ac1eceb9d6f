import { createTerminal } from './terminal.ts'
import type { CaseReport, FileReport, TestReport } from './test-report.ts'
import { failureLines, problemLines } from './test-report.ts'

// The shape that build servers read (testsuites, testsuite, testcase, failure, error): what Ant's JUnit task writes, as described by
// the schema of Jenkins' xunit plugin. Control characters cannot be in XML 1.0 at all.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const escaped = (text: string): string =>
  text
    .replaceAll(CONTROL, '\ufffd')
    .replaceAll(LONE, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
/** A line break in an attribute would be read as a blank. */
const attribute = (text: string): string =>
  escaped(text).replaceAll('\n', '&#10;').replaceAll('\r', '&#13;').replaceAll('\t', '&#9;')
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)

const { style } = createTerminal({ write: () => {} }, { write: () => {} }, { NO_COLOR: '1' })
const PLAIN = { style, coloured: false } as const

/** A report as JUnit writes it. @param at when the tests began */
export function junitXml(report: TestReport, at: Date): string {
  const totals = report.files.map(countsOf)
  const sum = (key: 'tests' | 'failures' | 'errors') => totals.reduce((all, one) => all + one[key], 0)
  const head = `tests="${sum('tests')}" failures="${sum('failures')}" errors="${sum('errors')}" time="${seconds(report.milliseconds)}"`
  const suites = report.files.map((file) => suite(file, at))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="logidata test" ${head}>\n${suites.join('')}</testsuites>\n`
}

function countsOf({ cases, problems }: FileReport) {
  const of = (state: string) => cases.filter(({ result }) => result.state === state).length
  const broken = problems.length > 0 ? 1 : 0
  return { tests: cases.length + broken, failures: of('failed'), errors: of('error') + broken }
}

function suite(file: FileReport, at: Date): string {
  const { tests, failures, errors } = countsOf(file)
  const time = seconds(file.cases.reduce((sum, { result }) => sum + result.milliseconds, 0))
  const name = attribute(file.path)
  const broken =
    file.problems.length > 0
      ? `    <testcase classname="${name}" name="reading the test" time="0.000">\n      <error message="${attribute(file.problems[0]?.message ?? '')}" type="test.invalid">${escaped(problemLines(file, style).join('\n'))}</error>\n    </testcase>\n`
      : ''
  const cases = file.cases.map((one) => testCase(name, one)).join('')
  const stamp = at.toISOString().slice(0, 19)
  return `  <testsuite name="${name}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="0" time="${time}" timestamp="${stamp}">\n${broken}${cases}  </testsuite>\n`
}

function testCase(suiteName: string, one: CaseReport): string {
  const { name, result } = one
  const open = `    <testcase classname="${suiteName}" name="${attribute(name)}" time="${seconds(result.milliseconds)}"`
  if (result.state === 'passed') return `${open}/>\n`
  const lines = failureLines(result, PLAIN)
  const first = result.expectations.find(({ state }) => state !== 'passed')
  const message = result.error?.message ?? `${first?.output}: ${first?.message ?? first?.error?.message ?? ''}`
  const kind = result.state === 'failed' ? 'failure' : 'error'
  const type = result.error?.code ?? first?.error?.code ?? 'test.failed'
  return `${open}>\n      <${kind} message="${attribute(message)}" type="${attribute(type)}">${escaped(lines.join('\n'))}</${kind}>\n    </testcase>\n`
}
