import { z } from 'zod'
import { userError } from '../../../shared/errors.ts'
import type { ModuleWarning } from '../contract.ts'
import { nameKey } from '../inputs.ts'
import { formMeta, option, text } from './form.ts'

/** What to do when several files do not have the same columns. */
export const driftField = z
  .enum(['fill', 'common', 'fail'])
  .default('fill')
  .meta(
    formMeta('When files have different columns', 'Si les colonnes diffèrent', {
      control: 'select',
      options: [
        option('fill', 'Keep all, empty where missing', 'Toutes, vides si absentes'),
        option('common', 'Keep those that all have', 'Celles que tous ont'),
        option('fail', 'Fail', 'Échouer'),
      ],
      help: text('Columns are matched by their names.', 'Les colonnes sont associées par leur nom.'),
      advanced: true,
    }),
  )
export type Drift = z.output<typeof driftField>

interface FileColumns {
  readonly name: string
  readonly columns: readonly string[]
}

/**
 * The columns of several files, by name, in the order in which they are met.
 * @throws LogiDataError `files.columns-differ` where drift is not wanted
 */
export function reconcileColumns(files: readonly FileColumns[], drift: Drift): { columns: string[]; drift?: string } {
  const names = new Map<string, string>()
  for (const { columns } of files)
    for (const name of columns) names.set(nameKey(name), names.get(nameKey(name)) ?? name)
  const differences = driftOf(files, [...names.values()])
  if (differences === undefined) return { columns: [...names.values()] }
  if (drift === 'fail')
    throw userError('files.columns-differ', `The files do not have the same columns: ${differences}.`, {
      hint: 'Correct the files, or let missing columns be empty.',
      field: ['when_columns_differ'],
    })
  const sets = files.map(({ columns }) => new Set(columns.map(nameKey)))
  const kept = drift === 'common' ? [...names].filter(([key]) => sets.every((set) => set.has(key))) : [...names]
  return { columns: kept.map(([, name]) => name), drift: differences }
}

/** In plain words; undefined when all files have the same columns, in whatever order. */
function driftOf(files: readonly FileColumns[], all: readonly string[]): string | undefined {
  const said: string[] = []
  for (const { name, columns } of files) {
    const own = new Set(columns.map(nameKey))
    const missing = all.filter((column) => !own.has(nameKey(column)))
    if (missing.length > 0)
      said.push(`${name} lacks ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}`)
  }
  if (said.length === 0) return undefined
  return `${said.slice(0, 3).join('; ')}${said.length > 3 ? `; and ${said.length - 3} more` : ''}`
}

export function driftWarnings(drift: string | undefined, given: Drift): ModuleWarning[] {
  if (drift === undefined) return []
  return [
    {
      code: 'files.columns-differ',
      message: `The files do not have the same columns: ${drift}.`,
      hint:
        given === 'common'
          ? 'Only the columns that all files have are kept. To keep all, set "when_columns_differ" to fill.'
          : 'Missing values are NULL. To keep only what all files have, set "when_columns_differ" to common.',
      field: ['when_columns_differ'],
    },
  ]
}
