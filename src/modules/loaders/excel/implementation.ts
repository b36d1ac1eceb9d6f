import { stat } from 'node:fs/promises'
import { userError } from '../../../shared/errors.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { excelLoadDescriptor } from './descriptor.ts'
import { existingPackage } from './existing-package.ts'
import { newPackage, type WorkbookPackage } from './package-parts.ts'
import { planSheets } from './sheets.ts'
import { MOST_ROWS, writeWorkbook } from './workbook.ts'

const MOST_COLUMNS = 16_384

/** @param mostRows of a sheet, with its header; fewer than Excel's for tests */
export const excelLoadWith = (mostRows: number): LoadModule<typeof excelLoadDescriptor> => ({
  kind: 'load',
  descriptor: excelLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode: mode === 'replace_sheets' ? 'replace' : mode }),

  check(config, _columns, inputs) {
    for (const { input, columns } of planSheets(config, inputs)) {
      if (columns.length <= MOST_COLUMNS) continue
      const where = inputs.size === 1 ? '' : ` of the input “${input}”`
      throw userError(
        'excel.too-many-columns',
        `A sheet has ${MOST_COLUMNS} columns, and there are ${columns.length}${where}.`,
        { hint: 'Drop some, or turn columns into rows before.' },
      )
    }
  },

  async write(request) {
    const columns = new Map([...request.inputs].map(([port, input]) => [port, input.columns]))
    const planned = planSheets(request.config, columns)
    let rowsByInput = new Map<string, bigint>()
    const { path, mode, header_style } = request.config
    const writeInto = async (temporary: string, around: WorkbookPackage) => {
      try {
        rowsByInput = await writeWorkbook(request, planned, temporary, mostRows, around)
      } finally {
        around.close()
      }
      return [...rowsByInput.values()].reduce((sum, rows) => sum + rows, 0n)
    }
    const create = (temporary: string) => writeInto(temporary, newPackage(header_style))
    const append = async (temporary: string, existing: string) => {
      const before = await stat(existing)
      const rows = await writeInto(temporary, await existingPackage(existing, path, request.config, request.signal))
      const after = await stat(existing)
      if (after.mtimeMs !== before.mtimeMs || after.size !== before.size) throw changedMeanwhile(path)
      return rows
    }
    const keeps = mode === 'add_sheets' || mode === 'replace_sheets'
    const result = await writeFileTarget(request, path, keeps ? 'append' : mode, { create, append })
    return { ...result, rowsByInput }
  },
})

const changedMeanwhile = (path: string) =>
  userError('excel.changed', `${path} was saved by somebody else while sheets were written into it.`, {
    hint: 'Close it and run the pipeline again: nothing was changed.',
    field: ['path'],
  })

export const excelLoad = excelLoadWith(MOST_ROWS)
