import type { Module } from '../../modules/kit/contract.ts'
import { raw } from '../../modules/kit/sql.ts'
import type { Cell, Column } from '../../shared/engine/types.ts'
import { fromErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { parseReference } from '../../shared/pipeline/document.ts'
import type { CaseResult, Difference, ExpectationResult } from '../../shared/tests/result.ts'
import { isSame } from '../../shared/tests/result.ts'
import type { Expectation, Given } from '../../shared/tests/test-file.ts'
import { type AnalyseRequest, Analyser } from '../analyse.ts'
import { withFrozenClock } from '../frozen-clock.ts'
import { portOf } from '../preview.ts'
import type { ProjectSession } from '../session.ts'
import { compare, differenceOf } from './compare.ts'
import { compareColumns } from './compare-columns.ts'
import { GIVEN, givenModule } from './given-module.ts'
import { Tables, type WholeTable } from './tables.ts'
import { tableOfFile, tableOfRows, typeNamed } from './text-rows.ts'
import { WholePorts } from './whole-ports.ts'
import { withGiven } from './with-given.ts'

export interface TestRequest extends AnalyseRequest {
  readonly now?: string | undefined
  readonly given: Readonly<Record<string, Given>>
  readonly expect: Readonly<Record<string, Expectation>>
  /** Rows of a difference at most. */
  readonly limit: number
  /** All rows that came are part of the answer where there are no more than so many. */
  readonly actualRows: number
}

/** Runs tests of one project's pipelines: over all rows, with all inputs in place, and without writing a load. */
export class Tests {
  readonly #session: ProjectSession
  readonly #moduleOf: (type: string) => Module | undefined
  readonly #analyser: Analyser

  constructor(session: ProjectSession, moduleOf: (type: string) => Module | undefined) {
    this.#session = session
    this.#moduleOf = moduleOf
    this.#analyser = new Analyser(session, (type) => (type === GIVEN ? givenModule : moduleOf(type)))
  }

  /** @throws LogiDataError `cancelled`; whatever else is wrong is part of the result */
  async run(request: TestRequest, signal: AbortSignal): Promise<CaseResult> {
    const started = performance.now()
    const tables = new Tables(this.#session, signal)
    try {
      const expectations = await withFrozenClock(request.now, () => this.#expectations(request, tables))
      const state = (['error', 'failed'] as const).find((each) => expectations.some((one) => one.state === each))
      return { state: state ?? 'passed', milliseconds: performance.now() - started, expectations }
    } catch (thrown) {
      const error = toErrorInfo(thrown)
      if (error.kind === 'cancelled' || error.kind === 'bug') throw thrown
      return { state: 'error', milliseconds: performance.now() - started, expectations: [], error }
    } finally {
      await tables.drop()
    }
  }

  async #expectations(request: TestRequest, tables: Tables): Promise<ExpectationResult[]> {
    const { document, standIn } = await withGiven(request.document, request.given, this.#moduleOf, tables)
    const ports = new WholePorts(tables)
    const results: ExpectationResult[] = []
    for (const [output, expected] of Object.entries(request.expect)) {
      const actual = async (): Promise<WholeTable> => {
        const { nodeId, port } = parseReference(standIn(output))
        const pipeline = await this.#analyser.pipeline({ ...request, document }, tables.signal, nodeId)
        const wrong = pipeline.problems.find(({ code }) => code === 'parameter.unknown' || code === 'parameter.invalid')
        if (wrong) {
          const { severity: _severity, position: _position, ...info } = wrong
          throw fromErrorInfo(info)
        }
        return ports.table(pipeline, portOf(pipeline, nodeId, port))
      }
      results.push({ output, ...(await this.#expectation(output, expected, request, tables, actual)) })
    }
    return results
  }

  async #expectation(
    output: string,
    expected: Expectation,
    request: TestRequest,
    tables: Tables,
    actual: () => Promise<WholeTable>,
  ): Promise<Omit<ExpectationResult, 'output'>> {
    let table: WholeTable
    try {
      table = await actual()
    } catch (thrown) {
      const error = toErrorInfo(thrown)
      if (error.kind === 'cancelled' || error.kind === 'bug') throw thrown
      if (expected.error === undefined) return { state: 'error', error }
      if (expected.error === error.code) return { state: 'passed' }
      return { state: 'failed', error, message: `The error ${expected.error} was expected, and ${error.code} came.` }
    }
    if (expected.error !== undefined)
      return { state: 'failed', message: `The error ${expected.error} was expected, and ${table.rows} rows came.` }
    try {
      const came = await rowsThatCame(tables, table, request.actualRows)
      const found = await this.#compared(output, expected, table, tables, request.limit)
      return { ...found, rows: String(table.rows), ...(came ? { actual: came } : {}) }
    } catch (thrown) {
      const error = toErrorInfo(thrown)
      if (error.kind !== 'user') throw thrown
      return { state: 'error', error }
    }
  }

  async #compared(
    output: string,
    expected: Expectation,
    actual: WholeTable,
    tables: Tables,
    limit: number,
  ): Promise<Omit<ExpectationResult, 'output'>> {
    const { count, columns, rows, file } = expected
    const source = { what: `expect ${output}` }
    if (count !== undefined && BigInt(count) !== actual.rows)
      return { state: 'failed', message: `${count} rows were expected, and ${actual.rows} came.` }
    const typeOf = (name: string) => actual.columns.find((column) => column.name === name)?.type
    const untyped = new Set((columns ?? []).flatMap(({ name, type }) => (type === undefined ? [name] : [])))
    const wanted: Column[] = (columns ?? []).map(({ name, type }) => ({
      name,
      type: type === undefined ? (typeOf(name) ?? 'VARCHAR') : typeNamed(type, source),
    }))
    let difference: Difference | undefined
    if (rows !== undefined || file !== undefined) {
      const table =
        file === undefined
          ? await tableOfRows(tables, wanted, rows ?? [], source)
          : await tableOfFile(tables, file, columns, source, typeOf)
      difference = await differenceOf(await compare(tables, table, actual, { ...expected, untyped }), limit)
    } else if (columns) {
      const kept = actual.columns.filter(({ name }) => !expected.ignore?.includes(name))
      difference = schemaOnly(compareColumns(wanted, kept, untyped).schema, actual)
    }
    if (!difference || isSame(difference)) return { state: 'passed' }
    return { state: 'failed', message: summaryOf(difference), difference }
  }
}

async function rowsThatCame(
  tables: Tables,
  { name, columns, rows }: WholeTable,
  most: number,
): Promise<{ columns: Column[]; rows: Cell[][] } | undefined> {
  if (most === 0 || rows > BigInt(most)) return undefined
  const { signal, session } = tables
  const select = `SELECT ${columns.map((_, index) => `c${index}`).join(', ')} FROM ${name} ORDER BY rowid`
  return { columns: [...columns], rows: await session.lease(signal, (lease) => lease.cells(raw(select), columns)) }
}

const schemaOnly = (schema: Difference['schema'], actual: WholeTable): Difference => ({
  schema,
  columns: [],
  keys: [],
  suggested: false,
  rows: { before: '0', after: String(actual.rows) },
  counts: { removed: '0', added: '0', changed: '0', unchanged: '0' },
  changedColumns: [],
  differing: [],
  offset: 0,
  more: false,
})

function summaryOf({ schema, counts, order }: Difference): string {
  const parts = [
    ...(schema.length > 0
      ? [`${schema.length} ${schema.length === 1 ? 'difference' : 'differences'} in the columns`]
      : []),
    ...(counts.changed === '0' ? [] : [`${rowsText(counts.changed)} changed`]),
    ...(counts.removed === '0' ? [] : [`${rowsText(counts.removed)} missing`]),
    ...(counts.added === '0' ? [] : [`${rowsText(counts.added)} unexpected`]),
    ...(order ? [`the rows come in another order, from row ${order.row} on`] : []),
  ]
  const text = parts.join(', ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

const rowsText = (digits: string): string => `${digits} ${digits === '1' ? 'row' : 'rows'}`
