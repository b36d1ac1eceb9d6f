import type { Data, RecordBatch } from 'apache-arrow'
import { LogiDataError, userError } from '../../../shared/errors.ts'
import type { CellValue, InputFile, PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { type ArrowReader, checkLengths, readerOf, UnfitArrowType } from '../../kit/files/arrow/read-values.ts'
import { driftWarnings, reconcileColumns } from '../../kit/files/drift.ts'
import {
  checkSourceColumns,
  patternOf,
  type SourceFacts,
  sourceColumns,
  sourceFacts,
  sourceFilesOf,
} from '../../kit/files/source.ts'
import { type StagedTable, stage, stagedRelation, stateOf } from '../../kit/files/stage.ts'
import { checkDistinctNames, nameKey, requireColumn } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, sql } from '../../kit/sql.ts'
import { type ArrowConfig, arrowExtractDescriptor } from './descriptor.ts'
import { openArrow, unreadable } from './open.ts'

export interface ArrowFacts {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: StagedTable
  readonly bytes: number
  readonly source: SourceFacts
  readonly drift?: string
}

const ENDINGS = ['arrow', 'arrows', 'feather', 'ipc']
const FILE = '__logidata_file'
const ROW = '__logidata_row'
const BATCH = 2048
/** What Parquet keeps as something else (arrays as lists) waits as a text. */
const WAITS = /INTERVAL|TIME_NS|\[\d+\]/

interface Plan {
  readonly name: string
  readonly reader: ArrowReader
  readonly at: number
}
interface Planned {
  readonly file: InputFile
  readonly columns: readonly Plan[]
}

export const arrowExtract: RelationModule<typeof arrowExtractDescriptor, ArrowFacts> = {
  kind: 'relation',
  descriptor: arrowExtractDescriptor,
  sources: (config) => [patternOf(config.path, ENDINGS)],
  prepare,

  compile({ config, facts }) {
    const columns = facts.columns.map(({ name, type }) => {
      const column = identifier(name)
      return WAITS.test(type) ? sql`CAST(${column} AS ${raw(type)}) AS ${column}` : column
    })
    columns.push(...sourceColumns(config, facts.source, identifier(FILE), identifier(ROW)))
    return { out: sql`SELECT ${joinSql(columns)} FROM ${stagedRelation(facts.rows)}` }
  },

  warnings: (facts, config) => driftWarnings(facts.drift, config.when_columns_differ),
  size: (facts) => ({ bytes: facts.bytes, rows: facts.rows.rows }),
}

async function prepare(request: PrepareRequest<ArrowConfig>): Promise<ArrowFacts> {
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
