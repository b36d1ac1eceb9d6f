import { userError } from '../../../shared/errors.ts'
import type { TableLoadConfig } from './config.ts'

/** @throws LogiDataError `load.target` where a table that is not there could only be made empty */
export function refuseAbsent({ mode, not_matched }: TableLoadConfig): void {
  if ((mode !== 'upsert' && mode !== 'merge') || not_matched === 'insert') return
  throw userError('load.target', 'There is no such table, and rows whose key is not in it are left out.', {
    field: ['not_matched'],
    hint: 'Check the name of the table, or let such rows be added.',
  })
}
