import { userError } from '../../../shared/errors.ts'
import type { ModuleWarning, PrepareRequest } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { canonicalType } from '../../kit/files/column-type.ts'
import { checkSourceColumns, sourceFacts, sourceFilesOf } from '../../kit/files/source.ts'
import { checkDistinctNames, nameKey } from '../../kit/inputs.ts'
import type { ExcelConfig } from './descriptor.ts'
import type { ExcelColumn, ExcelFacts, ExcelSource } from './facts.ts'
import { type KindCounts, kindsFor, mergeCounts, typeOfKinds } from './kind-counts.ts'
import { type StagedColumn, stageWorkbook } from './stage-workbook.ts'

export const ENDINGS = ['xlsx', 'xlsm']

/** @throws LogiDataError what the files, the sheets or the config have wrong */
export async function prepareExcel(request: PrepareRequest<ExcelConfig>): Promise<ExcelFacts> {
  const { config } = request
  const found = (await sourceFilesOf(config, request, ENDINGS)).filter((file) => isWorkbook(file.name, config.path))
  if (found.length === 0) throw userError('file.not-found', `No workbook matches ${config.path}.`, { field: ['path'] })
  const columns = new Map<string, { name: string; parts: KindCounts[]; where: string[] }>()
  const sources: { file: string; sheet: string; table: ExcelSource['table']; columns: readonly StagedColumn[] }[] = []
  for (const file of found) {
    const { facts, tables } = await stageWorkbook(request, file)
    for (const sheet of facts) {
      const table = tables[sheet.table]
      if (!table) continue
      sources.push({ file: file.name, sheet: sheet.name, table, columns: sheet.columns })
      for (const { name, kinds, letters } of sheet.columns) {
        const column = columns.get(nameKey(name)) ?? { name, parts: [], where: [] }
        column.parts.push(kinds)
        const row = kinds.first.e ?? kinds.first.f ?? kinds.first.x
        if (row !== undefined) column.where.push(`${file.name}, ${sheet.name}!${letters}${row}`)
        columns.set(nameKey(name), column)
      }
    }
  }
  if (columns.size === 0)
    throw userError('excel.empty', `There is no cell with a value in ${sourceText(config, sources)}.`, {
      hint: 'Check the sheet and the range.',
      field: ['path'],
    })
  checkGiven(
    config,
    [...columns.values()].map(({ name }) => name),
  )
  const facts: ExcelFacts = {
    sources: sources.map(({ columns: own, ...source }) => ({
      ...source,
      places: [...columns.keys()].map((key) => {
        const place = own.find(({ name }) => nameKey(name) === key)
        return place ? { index: place.index, letters: place.letters } : null
      }),
    })),
    columns: [...columns.values()].map(({ name, parts, where }) =>
      columnOf(name, mergeCounts(parts), where[0], config),
    ),
    bytes: found.reduce((sum, file) => sum + file.bytes, 0),
    rows: sources.reduce((sum, { table }) => sum + table.rows, 0),
    source: sourceFacts(config, found),
  }
  checkNames(config, facts)
  return facts
}

/** Not what Excel leaves beside a workbook that somebody has open, nor, in a folder, what is packed another way than as a zip archive. */
const isWorkbook = (name: string, path: string): boolean =>
  !(name.split('/').at(-1) ?? '').startsWith('~$') && !(path.endsWith('/') && /\.(gz|zst)$/i.test(name))

function columnOf(name: string, kinds: KindCounts, where: string | undefined, config: ExcelConfig): ExcelColumn {
  const detected = typeOfKinds(kinds, config.mixed)
  const given = config.columns?.[name]
  const type = given?.type === undefined ? detected.type : canonicalType(given.type)
  const count = (letter: string) => kinds.counts[letter] ?? 0
  const unfit = { errors: count('e'), formulas: count('f'), noDates: count('x') }
  const sampled = config.sample_rows !== 'all'
  const taken = type === 'VARCHAR' ? 'nsbdmtix' : kindsFor(type).replace('s', '')
  const free =
    !sampled &&
    (given?.type === undefined || type === 'VARCHAR' || type === detected.type) &&
    Object.keys(kinds.counts).every((letter) => taken.includes(letter))
  return {
    name,
    type,
    free,
    ...(sampled ? {} : { kinds: Object.keys(kinds.counts).sort().join('') }),
    ...(detected.mixed && given?.type === undefined ? { mixed: detected.mixed } : {}),
    ...(where === undefined ? {} : { unfit: { ...unfit, where } }),
  }
}

function checkGiven(config: ExcelConfig, names: readonly string[]): void {
  for (const name of Object.keys(config.columns ?? {})) {
    if (names.includes(name)) continue
    throw userError('column.missing', `There is no column “${name}” in ${config.path}.`, {
      hint: didYouMean(name, names).hint ?? `Its columns are ${names.slice(0, 30).join(', ')}.`,
      field: ['columns', name],
    })
  }
}

function checkNames(config: ExcelConfig, facts: ExcelFacts): void {
  const names = facts.columns.map(({ name }) => config.columns?.[name]?.name ?? name)
  if (config.sheet_name_column !== undefined) names.push(config.sheet_name_column)
  checkDistinctNames(
    names.map((name) => ({ name })),
    config.path,
    ['columns'],
  )
  checkSourceColumns(config, facts.source, names)
}

const sourceText = (config: ExcelConfig, sources: readonly { sheet: string }[]): string =>
  sources.length === 1 ? `sheet “${sources[0]?.sheet}” of ${config.path}` : config.path

/** The config with the types that were found written into it. */
export async function detectExcel(request: PrepareRequest<ExcelConfig>): Promise<Record<string, unknown>> {
  const facts = await prepareExcel(request)
  const columns = facts.columns.map(({ name, type }) => [name, { ...request.config.columns?.[name], type }])
  return { ...request.config, columns: Object.fromEntries(columns) }
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  number: 'numbers',
  text: 'texts',
  boolean: 'true or false',
  date: 'dates',
  time: 'times',
}

/** Columns of several kinds, and cells that are no value: both are for a person to decide. */
export function excelWarnings(facts: ExcelFacts, config: ExcelConfig): ModuleWarning[] {
  const warnings: ModuleWarning[] = []
  const mixed = facts.columns.find((column) => column.mixed !== undefined)
  if (mixed?.mixed) {
    const others = facts.columns.filter((column) => column.mixed !== undefined).length - 1
    const parts = Object.entries(mixed.mixed).map(([kind, count]) => `${count} ${KIND_WORDS[kind] ?? kind}`)
    const what =
      mixed.type === 'VARCHAR' ? 'it is read as text' : `it is read as ${mixed.type}, and the others do not fit`
    warnings.push({
      code: 'excel.mixed-column',
      message: `Column ${mixed.name} holds ${parts.join(' and ')}: ${what}${others > 0 ? ` (and so ${others} more)` : ''}.`,
      hint: 'Give the column a type, or choose in "mixed" what such columns become.',
      field: ['columns'],
    })
  }
  const unfit = facts.columns.find((column) => column.unfit !== undefined)
  if (unfit?.unfit && config.errors === 'null') {
    const { errors, formulas, noDates, where } = unfit.unfit
    warnings.push({
      code: 'excel.errors',
      message: `Column ${unfit.name} has ${errors + formulas + noDates} cells without a value (errors, formulas never computed, dates that do not exist), the first in ${where}.`,
      hint: 'Errors become NULL as "errors" says; to see the rows, set it to "unfit" and "on_bad_row" to "reject".',
      field: ['errors'],
    })
  }
  return warnings
}
