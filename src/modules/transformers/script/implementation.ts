import type { Cell, Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { isNestedType } from '../../kit/cells.ts'
import type { CellValue, ProcessModule } from '../../kit/contract.ts'
import { checkDistinctNames, freeName, sameName } from '../../kit/inputs.ts'
import { isKeptByParquet } from '../../kit/parquet-writer.ts'
import { passOn } from '../../kit/pass-on.ts'
import { columnType } from '../../kit/types.ts'
import { type ScriptConfig, scriptDescriptor } from './descriptor.ts'
import { Sandbox } from './sandbox.ts'
import type { SandboxResult } from './sandbox-protocol.ts'
import { isExactNumber, kindOfColumn, type Reader, readerOf } from './values.ts'

export const script: ProcessModule<typeof scriptDescriptor> = {
  kind: 'process',
  descriptor: scriptDescriptor,
  columns({ config, inputs }) {
    const given = inputs.get('in') ?? []
    return { out: planOf(config, given).map(({ name, type }) => ({ name, type })), reject: rejectColumns(given) }
  },

  async process({ nodeId, config, inputs, rows, write, now, signal }) {
    const given = inputs.get('in') ?? []
    const plan = planOf(config, given)
    const types = given.map(({ type }) => columnType(type))
    const kinds = given.map((column) => kindOfColumn(column, config.numbers))
    const made = plan.filter((column) => column.read !== undefined)
    const sandbox = await Sandbox.open(
      {
        mode: config.mode,
        code: config.code,
        names: given.map(({ name }) => name),
        kinds,
        outputs: made.map(({ name }) => name),
        seconds: config.seconds,
        memoryBytes: config.memory_mb * 2 ** 20,
        ...(now === undefined ? {} : { now }),
      },
      signal,
    )
    const past = (row: readonly Cell[]): CellValue[] => row.map((cell, index) => passOn(cell, types[index] ?? TEXT))
    try {
      let start = 0
      for await (const batch of batches(rows('in'), config.batch_rows)) {
        const unfit = unfitNumbers(batch, given, kinds)
        const first = [...unfit][0]
        if (first && (config.on_error === 'fail' || config.mode === 'batch'))
          throw failed(nodeId, start + first[0], first[1], 'Have numbers come as texts.')
        const good = unfit.size === 0 ? batch : batch.filter((_, index) => !unfit.has(index))
        const results = await sandbox.run({ rows: JSON.stringify(good), start })
        const out: CellValue[][] = []
        const rejected: CellValue[][] = []
        for (const [index, reason] of unfit) rejected.push([...past(batch[index] ?? []), reason])
        results.forEach((result, index) => {
          const row = config.mode === 'row' ? (good[index] ?? []) : []
          const taken = take(result, plan, row, past)
          if (taken.rows) out.push(...taken.rows)
          else if (config.mode === 'row' && config.on_error === 'reject') rejected.push([...past(row), taken.reason])
          else throw failed(nodeId, config.mode === 'row' ? start + batch.indexOf(row) : undefined, taken.reason)
        })
        await write('out', out)
        await write('reject', rejected)
        start += batch.length
      }
    } finally {
      await sandbox.close()
    }
  },
}

const TEXT = columnType('VARCHAR')

/** A column of the result: from the script, or from the input. */
interface Planned extends Column {
  readonly read?: Reader
  /** Its place among the columns of the input. */
  readonly from?: number
}

function planOf(config: ScriptConfig, given: readonly Column[]): Planned[] {
  checkDistinctNames(config.columns, 'The script', ['columns'])
  checkDistinctNames(given, 'The input')
  const made = config.columns.map(
    ({ name, type }, index): Planned => ({ name, ...readerOf(type, ['columns', index, 'type']) }),
  )
  if (config.mode === 'batch' || !config.keep) return made
  const kept = given.map((column, from): Planned => {
    const mine = made.find(({ name }) => sameName(name, column.name))
    if (mine) return mine
    if (isNestedType(column.type))
      throw userError('script.nested', `“${column.name}” (${column.type}) cannot be carried past a script.`, {
        field: ['keep'],
        hint: 'Turn it into JSON before this step, flatten it, or do not keep the columns.',
      })
    if (!isKeptByParquet(column.type))
      throw userError('script.type', `“${column.name}” (${column.type}) cannot be carried past a script exactly.`, {
        field: ['keep'],
        hint: `Change its type to ${column.type.includes('HUGEINT') ? 'DECIMAL(38,0) or VARCHAR' : 'VARCHAR'} before this step, or do not keep the columns.`,
      })
    return { ...column, from }
  })
  return [...kept, ...made.filter((column) => !kept.includes(column))]
}

/** Nested values are kept as JSON here, and what no file keeps (HUGEINT, INTERVAL) as text. */
function rejectColumns(given: readonly Column[]): Column[] {
  const kept = (type: string) => (isNestedType(type) ? 'JSON' : isKeptByParquet(type) ? type : 'VARCHAR')
  const columns = given.map(({ name, type }) => ({ name, type: kept(type) }))
  return [...columns, { name: freeName('_reason', given), type: 'VARCHAR' }]
}

async function* batches(rows: AsyncIterable<readonly (readonly Cell[])[]>, size: number) {
  let waiting: (readonly Cell[])[] = []
  for await (const part of rows) {
    waiting.push(...part)
    while (waiting.length >= size) {
      yield waiting.slice(0, size)
      waiting = waiting.slice(size)
    }
  }
  if (waiting.length > 0) yield waiting
}

/** Rows, by their place in the batch, with a number that JavaScript would change. */
function unfitNumbers(
  batch: readonly (readonly Cell[])[],
  given: readonly Column[],
  kinds: readonly string[],
): Map<number, string> {
  const unfit = new Map<number, string>()
  given.forEach((column, place) => {
    if (kinds[place] !== 'number') return
    batch.forEach((row, index) => {
      const cell = row[place]
      if (typeof cell === 'string' && !unfit.has(index) && !isExactNumber(cell, column))
        unfit.set(index, `“${column.name}” is ${cell}, which JavaScript’s numbers cannot hold`)
    })
  })
  return unfit
}

type Taken =
  | { readonly rows: CellValue[][]; readonly reason?: undefined }
  | { readonly rows?: undefined; readonly reason: string }

function take(
  result: SandboxResult[number],
  plan: readonly Planned[],
  row: readonly Cell[],
  past: (row: readonly Cell[]) => CellValue[],
): Taken {
  if (result.error !== undefined) return { reason: result.error }
  const kept = plan.some(({ from }) => from !== undefined) ? past(row) : []
  const rows: CellValue[][] = []
  for (const texts of result.rows) {
    const values: CellValue[] = []
    let place = 0
    for (const { name, type, read, from } of plan) {
      if (from !== undefined || !read) continue
      const text = texts[place++] ?? null
      const value = text === null ? null : read(text)
      if (value === undefined) return { reason: `“${short(text ?? '')}” of “${name}” is not exactly a ${type}` }
      values.push(value)
    }
    let next = 0
    rows.push(plan.map(({ from }) => (from === undefined ? (values[next++] ?? null) : (kept[from] ?? null))))
  }
  return { rows }
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)

function failed(
  nodeId: string,
  row: number | undefined,
  reason: string,
  hint = 'Mend the script, or send such rows to the reject port.',
) {
  const where = row === undefined ? '' : `Row ${row + 1}: `
  return userError('script.failed', `${where}${reason}.`, { nodeId, field: ['code'], hint })
}
