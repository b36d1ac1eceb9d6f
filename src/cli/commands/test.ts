import { relative, resolve, sep } from 'node:path'
import { grantedEnvironment } from '../../main/environment/granted-environment.ts'
import { writeAtomically } from '../../main/files/write-atomically.ts'
import { PipelineFiles } from '../../main/projects/pipeline-files.ts'
import { runTests } from '../../main/tests/run-tests.ts'
import { TestFiles } from '../../main/tests/test-files.ts'
import { userError } from '../../shared/errors.ts'
import { updatedTest } from '../../shared/tests/update-test.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { nearestProject, projectRootOf } from '../project-root.ts'
import type { Terminal } from '../terminal.ts'
import { caseLines, problemLines, TestReport, totalLine } from '../test-report.ts'

export interface TestOptions {
  readonly filter?: string
  readonly junit?: string
  readonly json?: boolean
  readonly update?: boolean
  readonly limit: number
  readonly project?: string
  readonly env: readonly string[]
}

/** More rows than that belong into a file that a program made. */
const UPDATED_ROWS = 10_000

/** `logidata test [FILE...]`: runs tests of pipelines. */
export async function test(files: readonly string[], options: TestOptions, context: CommandContext): Promise<number> {
  const { terminal, signal } = context
  const root = rootOf(files, options.project)
  const tests = new TestFiles(root)
  const paths = files.length > 0 ? files.map((file) => inProject(root, file)) : await tests.paths()
  if (paths.length === 0)
    throw userError('usage.file', 'There are no tests here.', { hint: 'Tests are files tests/NAME.test.yaml.' })
  const began = new Date()
  const report = new TestReport()
  const { client } = await context.engine()
  const grants = new Set(options.env)
  let shown: string | undefined
  for await (const event of runTests({
    root,
    tests,
    pipelines: new PipelineFiles(root),
    client,
    environment: (document) => grantedEnvironment(document, grants, process.env),
    paths,
    filter: options.filter,
    limit: options.limit,
    actualRows: options.update ? UPDATED_ROWS : 0,
    signal,
  })) {
    report.add(event)
    if (event.kind === 'started') terminal.progress(`${event.path}  ${event.name}`)
    if (options.json) continue
    if (event.kind === 'ended' || event.kind === 'invalid') {
      terminal.progress('')
      if (shown !== event.path) terminal.out.write(`${terminal.style.bold(event.path)}\n`)
      shown = event.path
      printEvent(event.kind === 'ended' ? event : undefined, report, terminal)
    }
  }
  terminal.progress('')
  if (report.passed + report.failed === 0)
    throw userError('usage.filter', `No case has “${options.filter}” in its name.`, {
      hint: 'Leave --filter out to run all.',
    })
  if (options.junit !== undefined) {
    const { junitXml } = await import('../junit.ts')
    await writeAtomically(resolve(options.junit), junitXml(report, began))
  }
  if (options.json) printJson(terminal, forPrograms(report))
  else terminal.say(totalLine(report, terminal.sayStyle))
  const left = options.update ? await update(report, tests, options.json ? undefined : terminal) : report.failed
  return left > 0 ? EXIT.failed : EXIT.success
}

function printEvent(
  ended: { name: string; result: Parameters<typeof caseLines>[0]['result'] } | undefined,
  report: TestReport,
  terminal: Terminal,
): void {
  const { style, width, out } = terminal
  const file = report.files.at(-1)
  const lines = ended
    ? caseLines(ended, { style, width, coloured: style.bold('x') !== 'x' })
    : file
      ? problemLines(file, style).map((line) => `  ${line}`)
      : []
  out.write(`${lines.join('\n')}\n`)
}

/** Writes what came into the files of tests that failed. @returns how many cases still fail */
async function update(report: TestReport, tests: TestFiles, terminal: Terminal | undefined): Promise<number> {
  let left = 0
  for (const { path, cases, problems } of report.files) {
    const failed = cases.filter(({ result }) => result.state !== 'passed')
    if (problems.length > 0) left++
    if (failed.length === 0) continue
    const { file, revision } = await tests.read(path)
    if (!file) continue
    const updated = updatedTest(file, new Map(failed.map(({ name, result }) => [name, result])))
    for (const [name, text] of updated.data) await tests.writeData(name, text)
    if (updated.changes > 0) await tests.save(path, revision, updated.file)
    for (const reason of updated.kept) terminal?.say(`${path}: not updated: ${reason}`)
    if (updated.changes > 0)
      terminal?.say(`${path}: updated, ${updated.changes} ${updated.changes === 1 ? 'output' : 'outputs'}`)
    left += failed.filter(
      ({ name, result }) => result.error || updated.kept.some((kept) => kept.startsWith(`${name}: `)),
    ).length
  }
  return left
}

function rootOf(files: readonly string[], given: string | undefined): string {
  const [first] = files
  if (first !== undefined || given !== undefined) return projectRootOf(first ?? '', given)
  const root = nearestProject(process.cwd())
  if (root !== undefined) return root
  throw userError('usage.project', 'There is no project here.', { hint: 'Name a folder: logidata test --project DIR' })
}

function inProject(root: string, file: string): string {
  return relative(root, resolve(file)).split(sep).join('/')
}

function forPrograms(report: TestReport) {
  const { passed, failed, milliseconds } = report
  return {
    passed,
    failed,
    milliseconds: Math.round(milliseconds),
    files: report.files.map(({ path, problems, cases }) => ({
      path,
      problems,
      cases: cases.map(({ name, result }) => ({
        name,
        state: result.state,
        milliseconds: Math.round(result.milliseconds),
        error: result.error ?? null,
        expectations: result.expectations.map(({ actual: _actual, ...rest }) => rest),
      })),
    })),
  }
}
