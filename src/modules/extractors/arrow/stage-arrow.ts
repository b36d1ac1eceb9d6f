import type { Data, RecordBatch } from 'apache-arrow'
import { LogiDataError, userError } from '../../../shared/errors.ts'
import type { CellValue, InputFile, PrepareRequest } from '../../kit/contract.ts'
import { type ArrowReader, checkLengths, readerOf, UnfitArrowType } from '../../kit/files/arrow/read-values.ts'
import { reconcileColumns } from '../../kit/files/drift.ts'
import { checkSourceColumns, sourceFacts, sourceFilesOf } from '../../kit/files/source.ts'
import { stage, stateOf } from '../../kit/files/stage.ts'
import { checkDistinctNames, nameKey, requireColumn } from '../../kit/inputs.ts'
import type { ArrowConfig } from './descriptor.ts'
import { type ArrowFacts, ENDINGS, FILE, ROW, WAITS } from './facts.ts'
import { openArrow, unreadable } from './open.ts'

const BATCH = 2048

interface Plan {
  readonly name: string
  readonly reader: ArrowReader
  readonly at: number
}
interface Planned {
  readonly file: InputFile
  readonly columns: readonly Plan[]
}

/** Stages the rows of Arrow files. @throws LogiDataError */
export async function stageArrow(request: PrepareRequest<ArrowConfig>): Promise<ArrowFacts> {
  const { config, signal } = request
  const found = await sourceFilesOf(config, request, ENDINGS)
  const { facts, tables } = await stage(request, 'arrow', [1, stateOf(found), config], async (table) => {
    const planned: Planned[] = []
    for (const file of found) planned.push({ file, columns: await planOf(file, config) })
    const files = planned.map(({ file, columns }) => ({ name: file.name, columns: columns.map(({ name }) => name) }))
    const { columns: names, drift } = reconcileColumns(files, config.when_columns_differ)
    const columns = names.map((name) => ({ name, type: agreedType(name, planned) }))
    const source = sourceFacts(config, found)
    checkSourceColumns(config, source, names)
    const staged = columns.map(({ name, type }) => ({ name, type: WAITS.test(type) ? 'VARCHAR' : type }))
    const rows = await table('rows', [...staged, { name: FILE, type: 'VARCHAR' }, { name: ROW, type: 'BIGINT' }])
    for (const each of planned) {
      const arrow = await openArrow(each.file, config.unfinished)
      const slots = names.map((name) => each.columns.find((column) => nameKey(column.name) === nameKey(name)))
      let done = 0
      try {
        for await (const batch of arrow.batches) {
          checkBatch(batch, slots, each.file)
          for (let from = 0; from < batch.numRows; from += BATCH) {
            signal.throwIfAborted()
            await rows.write(rowsOf(batch, from, slots, each.file, done))
          }
          done += batch.numRows
        }
      } finally {
        await arrow.close()
      }
    }
    return { columns, bytes: found.reduce((sum, file) => sum + file.bytes, 0), source, ...(drift ? { drift } : {}) }
  })
  const { rows } = tables
  if (!rows) throw new TypeError('rows are staged')
  return { ...facts, rows }
}

async function planOf(file: InputFile, config: ArrowConfig): Promise<Plan[]> {
  const arrow = await openArrow(file, config.unfinished)
  await arrow.close()
  const fields = arrow.schema.fields.map((field, at) => ({
    field,
    at,
    name: field.name || `column_${at + 1}`,
    type: '',
  }))
  const wanted = config.columns?.map((name, index) => requireColumn(fields, name, ['columns', index]).name)
  const chosen = wanted ? wanted.flatMap((name) => fields.filter((field) => field.name === name)) : fields
  checkDistinctNames(chosen, file.name, ['path'])
  return chosen.map(({ field, at, name }) => {
    try {
      return { name, at, reader: readerOf(field) }
    } catch (error) {
      if (!(error instanceof UnfitArrowType)) throw error
      throw userError('arrow.type', `Column ${name} of ${file.name} is ${error.message}, which is not read.`, {
        hint: 'List in "columns" those that you need, or write the file with another type for this one.',
        field: ['columns'],
      })
    }
  })
}

function agreedType(name: string, planned: readonly Planned[]): string {
  const types = new Map<string, string>()
  for (const { file, columns } of planned) {
    const found = columns.find((column) => nameKey(column.name) === nameKey(name))
    if (found && !types.has(found.reader.type)) types.set(found.reader.type, file.name)
  }
  const [[type = 'VARCHAR', first = ''] = [], [other, second] = []] = [...types]
  if (other === undefined) return type
  throw userError('arrow.types-differ', `Column ${name} is ${type} in ${first} and ${other} in ${second}.`, {
    hint: 'Read the files by two steps and unite them after a cast.',
    field: ['path'],
  })
}

function checkBatch(batch: RecordBatch, slots: readonly (Plan | undefined)[], file: InputFile): void {
  for (const slot of slots) {
    const data = slot && batch.data.children[slot.at]
    if (!data) continue
    try {
      checkLengths(data, batch.numRows)
    } catch (error) {
      throw unreadable(file, `in column ${slot.name}, ${error instanceof Error ? error.message : error}`)
    }
  }
}

function rowsOf(
  batch: RecordBatch,
  from: number,
  slots: readonly (Plan | undefined)[],
  file: InputFile,
  done: number,
): CellValue[][] {
  const to = Math.min(from + BATCH, batch.numRows)
  const rows: CellValue[][] = Array.from({ length: to - from }, () => [])
  for (const slot of slots) {
    const data = slot && batch.data.children[slot.at]
    const read = slot && (slot.reader.direct ?? slot.reader.text)
    for (let at = from; at < to; at++)
      rows[at - from]?.push(read && data ? cellOf(read, data, at, slot, file, done) : null)
  }
  rows.forEach((row, index) => {
    row.push(file.name, BigInt(done + from + index + 1))
  })
  return rows
}

function cellOf(
  read: (data: Data, index: number) => CellValue,
  data: Data,
  at: number,
  { name, reader }: Plan,
  file: InputFile,
  done: number,
): CellValue {
  try {
    if (at >= data.length) throw new RangeError('the file ends before its values do')
    return data.getValid(at) && !reader.isNull?.(data, at) ? read(data, at) : null
  } catch (error) {
    if (error instanceof LogiDataError) throw error
    throw unreadable(file, `in row ${done + at + 1}, column ${name}, ${error instanceof Error ? error.message : error}`)
  }
}
