import type { TableLoadConfig } from './config.ts'

/** Of the staging table: rows of this kind are deleted (`merge`). */
export const GONE = '_logidata_gone'
/** Of the staging table: since when a row holds (`history`). */
export const AT = '_logidata_at'

/** Columns of the input that say what becomes of a row, and are not written. */
export function steeringColumns({
  mode,
  deleted_when,
  effective_column,
}: TableLoadConfig): { readonly column: string; readonly staged: typeof GONE | typeof AT }[] {
  if (mode === 'merge' && deleted_when !== undefined) return [{ column: deleted_when, staged: GONE }]
  if (mode === 'history' && effective_column !== undefined) return [{ column: effective_column, staged: AT }]
  return []
}

/** Under which name the staging table has a column of the input that is not written. */
export const steeringName = (config: TableLoadConfig, name: string): typeof GONE | typeof AT | undefined =>
  steeringColumns(config).find(({ column }) => column.toLowerCase() === name.toLowerCase())?.staged

export type OwnKind = 'instant' | 'instant?' | 'boolean' | 'flag'

/** Columns that a mode keeps for itself in the target. */
export function ownColumns(config: TableLoadConfig): { readonly name: string; readonly kind: OwnKind }[] {
  if (config.mode === 'soft_delete')
    return [
      ...(config.deleted_as === 'flag' ? [] : [{ name: config.deleted_column, kind: 'instant?' as const }]),
      ...(config.deleted_as === 'time' ? [] : [{ name: config.deleted_flag_column, kind: 'flag' as const }]),
    ]
  if (config.mode !== 'history') return []
  return [
    { name: config.from_column, kind: 'instant' },
    { name: config.to_column, kind: 'instant?' },
    { name: config.current_column, kind: 'boolean' },
  ]
}

/** Whether a table that is there can get such a column: its rows need no value, or have one by default. */
export const canBeAdded = (kind: OwnKind): boolean => kind === 'instant?' || kind === 'flag'
