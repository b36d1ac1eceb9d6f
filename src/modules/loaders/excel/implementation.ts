import { userError } from '../../../shared/errors.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { excelLoadDescriptor } from './descriptor.ts'
import { planSheets } from './sheets.ts'
import { MOST_ROWS, writeWorkbook } from './workbook.ts'

const MOST_COLUMNS = 16_384

/** @param mostRows of a sheet, with its header; fewer than Excel's for tests */
export const excelLoadWith = (mostRows: number): LoadModule<typeof excelLoadDescriptor> => ({
  kind: 'load',
  descriptor: excelLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),

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
    const create = async (temporary: string) => {
      rowsByInput = await writeWorkbook(request, planned, temporary, mostRows)
      return [...rowsByInput.values()].reduce((sum, rows) => sum + rows, 0n)
    }
    const append = () => Promise.reject(new TypeError('a workbook is not appended to'))
    const result = await writeFileTarget(request, request.config.path, request.config.mode, { create, append })
    return { ...result, rowsByInput }
  },
})

export const excelLoad = excelLoadWith(MOST_ROWS)
