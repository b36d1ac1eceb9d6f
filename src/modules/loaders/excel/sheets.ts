import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { requireColumn, sameName } from '../../kit/inputs.ts'
import type { ExcelLoadConfig } from './descriptor.ts'

const ONLY_SHEET = 'Data'

/** What one input becomes. */
export interface PlannedSheet {
  /** Actual port. */
  readonly input: string
  /** A name that somebody chose; undefined leaves it to the step before. Not used with `by`. */
  readonly name: string | undefined
  /** The column whose values make sheets of their own. */
  readonly by: Column | undefined
  /** Those that are written. */
  readonly columns: readonly Column[]
}

/**
 * The sheets in their order: those that `sheets` lists, then the others as the inputs stand.
 * @throws LogiDataError what the inputs do not have
 */
export function planSheets(
  config: ExcelLoadConfig,
  inputs: ReadonlyMap<string, readonly Column[]>,
): readonly PlannedSheet[] {
  const listed = config.sheets ?? []
  for (const [index, { input }] of listed.entries())
    if (!inputs.has(input)) throw unknownInput(input, [...inputs.keys()], ['sheets', index, 'input'])
  const order = [...listed.map(({ input }) => input), ...inputs.keys()]
  const planned = [...new Set(order)].map((input): PlannedSheet => {
    const columns = inputs.get(input) ?? []
    const index = listed.findIndex((item) => item.input === input)
    const own = listed[index]
    const first = input === [...inputs.keys()][0]
    const byField: FieldPath = own?.sheet_by === undefined ? ['sheet_by'] : ['sheets', index, 'sheet_by']
    const byName = own?.sheet_by ?? (first && own?.sheet === undefined ? config.sheet_by : undefined)
    const by = byName === undefined ? undefined : requireColumn(columns, byName, byField)
    const name = own?.sheet ?? (first ? (config.sheet ?? (inputs.size === 1 ? ONLY_SHEET : undefined)) : undefined)
    return { input, name, by, columns: columns.filter((column) => column !== by) }
  })
  checkNames(config, planned)
  checkFormats(config, inputs)
  return planned
}

/** The width and format of a column, in every sheet that has it. */
export const columnOptions = (config: ExcelLoadConfig, { name }: Column) =>
  Object.entries(config.columns ?? {}).find(([wanted]) => sameName(wanted, name))?.[1]

function unknownInput(input: string, known: readonly string[], field: FieldPath) {
  const connected = `The inputs are ${known.map((name) => `“${name}”`).join(', ')}.`
  return userError('excel.no-such-input', `Nothing is connected to the input “${input}”.`, {
    field: [...field],
    hint: didYouMean(input, [...known]).hint ?? connected,
  })
}

/** Excel takes names that differ in case only for one. */
function checkNames(config: ExcelLoadConfig, planned: readonly PlannedSheet[]): void {
  const taken = new Map<string, string>()
  for (const { input, name, by } of planned) {
    if (name === undefined || by) continue
    const other = taken.get(name.toLowerCase())
    taken.set(name.toLowerCase(), input)
    if (other === undefined) continue
    const index = (config.sheets ?? []).findIndex((item) => item.input === input)
    throw userError('excel.same-sheet', `The inputs “${other}” and “${input}” both go to the sheet “${name}”.`, {
      field: index === -1 ? ['sheet'] : ['sheets', index, 'sheet'],
      hint: 'Give each a name of its own, or put the rows together with a union before.',
    })
  }
}

function checkFormats(config: ExcelLoadConfig, inputs: ReadonlyMap<string, readonly Column[]>): void {
  const all = [...new Map([...inputs.values()].flat().map((column) => [column.name, column])).values()]
  for (const name of Object.keys(config.columns ?? {})) requireColumn(all, name, ['columns', name])
}
