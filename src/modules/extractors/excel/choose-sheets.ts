import { userError } from '../../../shared/errors.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { type Area, parseArea, WHOLE } from './addresses.ts'
import type { ExcelConfig } from './descriptor.ts'
import type { NamedArea, SheetPart, Workbook } from './workbook.ts'

/** What of a workbook is to be read. */
export interface SheetChoice {
  readonly sheet: SheetPart
  readonly area: Area
  /** The header is exactly in the first rows of the area, as a table has it. */
  readonly table: boolean
  readonly headerRows: number
}

type Given = Pick<ExcelConfig, 'sheets' | 'sheet_name' | 'sheet_number' | 'range' | 'hidden' | 'header_rows'>

/** @throws LogiDataError `excel.sheet-not-found`, `excel.range-invalid`, `config.invalid` */
export function chooseSheets(workbook: Workbook, config: Given): SheetChoice[] {
  const range = config.range?.trim()
  const area = range ? parseArea(range) : WHOLE
  const qualified = range && !area ? qualifiedArea(range) : undefined
  if (area) {
    return sheetsOf(workbook, config).map((sheet) => ({ sheet, area, table: false, headerRows: config.header_rows }))
  }
  if (qualified)
    return [
      {
        sheet: named(workbook, qualified.sheet, ['range']),
        area: qualified.area,
        table: false,
        headerRows: config.header_rows,
      },
    ]
  return [ofName(workbook, range ?? '', config)]
}

function ofName(workbook: Workbook, range: string, config: Given): SheetChoice {
  const wanted = range.toLowerCase()
  const found = workbook.names.find(({ name }) => name.toLowerCase() === wanted)
  if (!found) {
    const names = workbook.names.map(({ name }) => name)
    throw userError('excel.range-invalid', `“${range}” is neither a range nor a name or table in ${workbook.shown}.`, {
      hint:
        didYouMean(range, names).hint ??
        (names.length > 0 ? `It has ${listed(names)}.` : 'Write a range such as A1:D20.'),
      field: ['range'],
    })
  }
  const sheet = named(workbook, found.sheet, ['range'])
  const area = parseArea(found.area)
  if (!area)
    throw userError('excel.range-invalid', `“${range}” is not one block of cells, but ${found.area}.`, {
      field: ['range'],
    })
  if (!isTable(found)) return { sheet, area, table: false, headerRows: config.header_rows }
  const bottom = area.bottom - (found.totalRows ?? 0)
  return { sheet, area: { ...area, bottom }, table: true, headerRows: found.headerRows ?? 1 }
}

const isTable = (found: NamedArea): boolean => found.headerRows !== undefined

/** `'Sales 2024'!A1:D20` */
function qualifiedArea(range: string): { sheet: string; area: Area } | undefined {
  const match = /^(?:'((?:[^']|'')+)'|([^'!]+))!(.+)$/.exec(range)
  const area = match?.[3] ? parseArea(match[3]) : undefined
  return match && area ? { sheet: match[1]?.replaceAll("''", "'") ?? match[2] ?? '', area } : undefined
}

function sheetsOf(workbook: Workbook, config: Given): readonly SheetPart[] {
  const { sheets, shown } = workbook
  if (sheets.length === 0)
    throw userError('excel.sheet-not-found', `${shown} has no sheet with cells.`, { field: ['path'] })
  const visible = config.hidden.includes('sheets') ? sheets : sheets.filter((sheet) => !sheet.hidden)
  switch (config.sheets) {
    case 'first':
      return (visible.length > 0 ? visible : sheets).slice(0, 1)
    case 'all':
      return visible.length > 0 ? visible : [...sheets]
    case 'number': {
      const sheet = sheets.find(({ number }) => number === (config.sheet_number ?? 1))
      if (sheet) return [sheet]
      throw userError(
        'excel.sheet-not-found',
        `${shown} has no sheet number ${config.sheet_number}: it has ${sheets.length}.`,
        {
          field: ['sheet_number'],
        },
      )
    }
    case 'name':
      if (!config.sheet_name) throw userError('config.invalid', 'Name the sheet.', { field: ['sheet_name'] })
      return [named(workbook, config.sheet_name, ['sheet_name'])]
    case 'pattern': {
      const pattern = config.sheet_name ?? '*'
      const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      const test = new RegExp(`^${parts.join('.*')}$`, 'isu')
      const found = visible.filter((sheet) => test.test(sheet.name))
      if (found.length > 0) return found
      throw userError('excel.sheet-not-found', `No sheet of ${shown} matches “${pattern}”.`, {
        hint: `Its sheets are ${listed(sheets.map(({ name }) => name))}.`,
        field: ['sheet_name'],
      })
    }
  }
}

function named(workbook: Workbook, name: string, field: string[]): SheetPart {
  const { sheets, shown } = workbook
  const found =
    sheets.find((sheet) => sheet.name === name) ??
    sheets.find((sheet) => sheet.name.trim().toLowerCase() === name.trim().toLowerCase())
  if (found) return found
  const names = sheets.map((sheet) => sheet.name)
  throw userError('excel.sheet-not-found', `${shown} has no sheet “${name}”.`, {
    hint: didYouMean(name, names).hint ?? `Its sheets are ${listed(names)}.`,
    field,
  })
}

const listed = (names: readonly string[]): string =>
  names
    .slice(0, 10)
    .map((name) => `“${name}”`)
    .join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '')
