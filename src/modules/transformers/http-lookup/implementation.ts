import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { isNestedType } from '../../kit/cells.ts'
import type { ColumnsRequest, ProcessModule } from '../../kit/contract.ts'
import { atField } from '../../kit/fields.ts'
import { checkDistinctNames, freeName, sameName } from '../../kit/inputs.ts'
import { isKeptByParquet } from '../../kit/parquet-writer.ts'
import { formatType, integerType, isFloat, isScalar, parseType, type SqlType } from '../../kit/types.ts'
import { type HttpLookupConfig, httpLookupDescriptor } from './descriptor.ts'
import { checkRequest } from './request.ts'

export const httpLookup: ProcessModule<typeof httpLookupDescriptor> = {
  kind: 'process',
  descriptor: httpLookupDescriptor,
  connection: ({ connection }) => connection,
  previewRows: 50,
  columns(request) {
    const { inputs } = request
    const given = inputs.get('in') ?? []
    checkRequest(request)
    return {
      out: [...given, ...madeColumns(request)],
      reject: [...given, { name: freeName('_reason', given), type: 'VARCHAR' }],
    }
  },
  async process(request) {
    const { lookUpRows } = await import('./look-up.ts')
    await lookUpRows(request, madeColumns(request))
  },
}

/** The columns from the answers. @throws LogiDataError */
function madeColumns({ config, inputs }: ColumnsRequest<HttpLookupConfig>): Column[] {
  const given = inputs.get('in') ?? []
  checkDistinctNames(given, 'The input')
  checkDistinctNames(config.columns, 'The look-up', ['columns'])
  for (const { name, type } of given)
    if (isNestedType(type) || !isKeptByParquet(type))
      throw userError('lookup.carried', `“${name}” (${type}) cannot be carried past a web look-up.`, {
        hint: isNestedType(type)
          ? 'Turn it into JSON before this step, or leave it out.'
          : 'Change its type to VARCHAR before this step, or leave it out.',
      })
  return config.columns.map(({ name, type }, index) => {
    if (given.some((column) => sameName(column.name, name)))
      throw userError('column.duplicate', `The input has a column “${name}” already.`, {
        field: ['columns', index, 'name'],
        hint: 'Give the column from the answer another name.',
      })
    const parsed = atField(['columns', index, 'type'], () => parseType(type))
    if (!isTold(parsed))
      throw userError('lookup.type', `A web look-up gives no values of the type ${formatType(parsed)}.`, {
        field: ['columns', index, 'type'],
        hint: 'Choose VARCHAR or JSON, and cast it in the next step.',
      })
    return { name, type: formatType(parsed) }
  })
}

/** Types whose values can be told exactly from what stands in JSON. */
function isTold(type: SqlType): boolean {
  const integer = integerType(type)
  if (integer) return integer.bits <= 64
  if (type.kind === 'decimal' || isFloat(type)) return true
  return isScalar(type, 'VARCHAR', 'JSON', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')
}
