import type { Problem } from '../shared/engine/types.ts'
import type { ErrorInfo } from '../shared/errors.ts'
import type { CaseResult, TestEvent } from '../shared/tests/result.ts'
import { differenceLines, TEST_WORDS } from './diff-table.ts'
import { formatProblem } from './print-problems.ts'
import type { Style } from './terminal.ts'

export interface CaseReport {
  readonly name: string
  readonly result: CaseResult
}

export interface FileReport {
  readonly path: string
  /** Why the file is no test. */
  readonly problems: readonly Problem[]
  readonly cases: CaseReport[]
}

/** What the events of running tests come to. */
export class TestReport {
  readonly files: FileReport[] = []
  passed = 0
  failed = 0
  milliseconds = 0

  add(event: TestEvent): void {
    if (event.kind === 'invalid') this.files.push({ path: event.path, problems: event.problems, cases: [] })
    if (event.kind === 'ended') this.#file(event.path).cases.push({ name: event.name, result: event.result })
    if (event.kind !== 'finished') return
    this.passed = event.passed
    this.failed = event.failed
    this.milliseconds = event.milliseconds
  }

  #file(path: string): FileReport {
    const last = this.files.at(-1)
    if (last?.path === path) return last
    const file: FileReport = { path, problems: [], cases: [] }
    this.files.push(file)
    return file
  }
}

interface ReportStyle {
  readonly style: Style
  readonly width?: number | undefined
  readonly coloured: boolean
}

/** A case as people read it: passed on one line, failed with what differs. */
export function caseLines({ name, result }: CaseReport, options: ReportStyle): string[] {
  const { style } = options
  const time = style.dim(`(${Math.round(result.milliseconds)} ms)`)
  if (result.state === 'passed') return [`  ${style.green('✓')} ${name} ${time}`]
  return [
    `  ${style.red('✗')} ${style.bold(name)} ${time}`,
    ...failureLines(result, options).map((line) => `    ${line}`.trimEnd()),
  ]
}

/** What is wrong, one thing after the other. */
export function failureLines(result: CaseResult, options: ReportStyle): string[] {
  const { style, width } = options
  const lines = result.error ? errorLines(result.error, style) : []
  for (const { output, state, message, difference, error } of result.expectations) {
    if (state === 'passed') continue
    lines.push(`${style.bold(output)}: ${message ?? error?.message ?? 'failed'}`)
    if (error)
      lines.push(
        ...errorLines(error, style)
          .slice(message ? 0 : 1)
          .map((line) => `  ${line}`),
      )
    if (difference) {
      const inner = { ...options, width: width === undefined ? undefined : Math.max(40, width - 6) }
      lines.push(...differenceLines(difference, TEST_WORDS, inner).map((line) => `  ${line}`))
    }
  }
  return lines
}

function errorLines({ message, hint, nodeId, code }: ErrorInfo, style: Style): string[] {
  const where = nodeId === undefined ? code : `${nodeId}, ${code}`
  return [message, style.dim(`(${where})`), ...(hint ? [style.dim(hint)] : [])]
}

export function problemLines({ path, problems }: FileReport, style: Style): string[] {
  return problems.map((problem) => formatProblem(path, problem, style))
}

export function totalLine({ passed, failed, milliseconds }: TestReport, style: Style): string {
  const seconds = (milliseconds / 1000).toFixed(2)
  const parts = [
    ...(failed > 0 ? [style.red(`${failed} failed`)] : []),
    ...(passed > 0 || failed === 0 ? [style.green(`${passed} passed`)] : []),
  ]
  return `${passed + failed} ${passed + failed === 1 ? 'test' : 'tests'}: ${parts.join(', ')} after ${seconds} s.`
}
