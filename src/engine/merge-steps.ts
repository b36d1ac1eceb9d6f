import { nameKey } from '../modules/kit/inputs.ts'
import { MANY_REPLACED } from '../modules/kit/replace-columns.ts'
import { identifier } from '../modules/kit/sql.ts'
import { withCounter } from './row-counters.ts'
import { columnIn, type Named, type RowStep, type Value } from './row-step.ts'
import { piece, separated, type TextPiece } from './text-pieces.ts'

interface OwnedValue extends Value {
  readonly nodeId: string
  /** Of a condition: the column whose operator counts the rows that meet it. */
  readonly counter?: string | undefined
}

interface Output {
  readonly name: string
  /** Undefined: the base's column of this name. */
  readonly value: OwnedValue | undefined
}

/** One SELECT over a base, which stands for one step or for several. */
export interface MergedSelect {
  /** What stands after FROM. */
  readonly base: readonly TextPiece[]
  /** The base's columns, by `nameKey`. */
  readonly baseKeys: ReadonlySet<string>
  readonly baseNames: readonly string[]
  readonly outputs: readonly Output[]
  readonly where: readonly OwnedValue[]
}

/** `SELECT * FROM base`; undefined when two of its columns would be one. */
export function selectAll(base: readonly TextPiece[], columns: readonly string[]): MergedSelect | undefined {
  const baseKeys = new Set(columns.map(nameKey))
  if (baseKeys.size < columns.length) return undefined
  return {
    base,
    baseKeys,
    baseNames: columns,
    outputs: columns.map((name) => ({ name, value: undefined })),
    where: [],
  }
}

/**
 * The same SELECT with one more step in it, where that gives the same rows as the step around it: what the step names must mean the
 * same inside, and no filter may move below what depends on the rows that it drops.
 */
export function withStep(
  select: MergedSelect,
  step: RowStep,
  nodeId: string,
  counter?: string,
): MergedSelect | undefined {
  const visible = new Map(select.outputs.map((output) => [nameKey(output.name), output]))
  const means = (key: string): boolean => {
    const output = visible.get(key)
    if (output) return output.value === undefined && nameKey(output.name) === key && select.baseKeys.has(key)
    // A column that an earlier step took away would be there again.
    return !select.baseKeys.has(key)
  }
  const pristine =
    select.outputs.length === select.baseNames.length && select.outputs.every(({ value }) => value === undefined)
  const fits = (value: Value): boolean => (pristine || !value.unnamed) && [...value.names].every(means)

  const where = [...select.where]
  if (step.where) {
    const isDelicate =
      step.where.delicate ||
      select.outputs.some(({ value }) => value?.delicate) ||
      select.where.some(({ delicate }) => delicate)
    if (!fits(step.where) || (isDelicate && !isEmpty(select))) return undefined
    where.push({ ...step.where, nodeId, counter })
  }

  const isComputed = select.outputs.some(({ value }) => value !== undefined && columnIn(value) === undefined)
  const moved = new Map<string, number>()
  /** A value of the step, in terms of the base. Undefined: it needs a SELECT of its own. */
  const resolve = ({ name, value }: Named): Output | undefined => {
    const column = columnIn(value)
    const from = column === undefined ? undefined : visible.get(column)
    if (column !== undefined && from?.value) {
      moved.set(column, (moved.get(column) ?? 0) + 1)
      return { name, value: from.value }
    }
    // A window comes before the values beside it: what is computed for all rows now would be for those that a filter leaves.
    if (!fits(value) || (value.delicate && isComputed)) return undefined
    return from?.name === name ? from : { name, value: { ...value, nodeId } }
  }
  const outputs: Output[] = []
  const add = (named: Named): boolean => {
    const output = resolve(named)
    if (output) outputs.push(output)
    return output !== undefined
  }
  for (const output of step.star ? select.outputs : []) {
    const key = nameKey(output.name)
    const instead = step.star?.instead.get(key)
    if (instead ? !add(instead) : false) return undefined
    if (!instead && !step.star?.instead.has(key)) {
      outputs.push(output)
      if (output.value) moved.set(key, (moved.get(key) ?? 0) + 1)
    }
  }
  if (!step.list.every(add)) return undefined
  // Computed once before, and so still.
  if ([...moved.values()].some((times) => times > 1)) return undefined
  const keys = outputs.map(({ name }) => nameKey(name))
  if (new Set(keys).size < keys.length) return undefined
  // DuckDB lets a SELECT's items name each other: a new name must not catch what another value means by it.
  const values = [...select.outputs, ...outputs].flatMap(({ value }) => value ?? [])
  const named = new Set([...values, ...where].flatMap(({ names }) => [...names]))
  if (keys.some((key) => !visible.has(key) && !select.baseKeys.has(key) && named.has(key))) return undefined
  return { ...select, outputs, where }
}

const isEmpty = ({ outputs, where }: MergedSelect): boolean =>
  where.length === 0 && outputs.every(({ value }) => value === undefined)

export function renderSelect(select: MergedSelect): TextPiece[] {
  let from = select.base
  let waiting: OwnedValue[] = []
  for (const test of select.where) {
    waiting.push(test)
    if (test.counter === undefined) continue
    from = [piece('('), ...countedTest([...from, ...renderWhere(waiting.slice(0, -1))], test, test.counter), piece(')')]
    waiting = []
  }
  return [piece('SELECT '), ...renderList(select), piece(' FROM '), ...from, ...renderWhere(waiting)]
}

function renderWhere(where: readonly OwnedValue[]): TextPiece[] {
  const tests = where.map(({ text, nodeId }) =>
    where.length === 1 ? [piece(text, nodeId)] : [piece('('), piece(text, nodeId), piece(')')],
  )
  return tests.length > 0 ? [piece(' WHERE '), ...separated(tests, ' AND ')] : []
}

const countedTest = (from: readonly TextPiece[], { text, nodeId }: OwnedValue, counter: string): TextPiece[] =>
  withCounter(from, counter, [
    piece('CAST(('),
    piece(text, nodeId),
    piece(`) AS BOOLEAN) = ${identifier(counter).text}`),
  ])

function renderList({ outputs, baseNames }: MergedSelect): TextPiece[] {
  const startsWithBase =
    outputs.length >= baseNames.length && baseNames.every((name, index) => outputs[index]?.name === name)
  const replaced = outputs.slice(0, baseNames.length).filter(({ value }) => value !== undefined)
  if (!startsWithBase || replaced.length >= MANY_REPLACED) return separated(outputs.map(renderOutput), ', ')
  const replace =
    replaced.length > 0 ? [piece(' REPLACE ('), ...separated(replaced.map(renderOutput), ', '), piece(')')] : []
  const added = outputs.slice(baseNames.length).map(renderOutput)
  return separated([[piece('*'), ...replace], ...added], ', ')
}

function renderOutput({ name, value }: Output): TextPiece[] {
  const quoted = identifier(name).text
  return value ? [piece(value.text, value.nodeId), piece(` AS ${quoted}`)] : [piece(quoted)]
}
