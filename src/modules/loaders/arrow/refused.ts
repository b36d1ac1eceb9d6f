import type { Column } from '../../../shared/engine/types.ts'
import { type LogiDataError, userError } from '../../../shared/errors.ts'
import { columnType, formatType } from '../../kit/types.ts'

/** What is said of a column that no Arrow file holds. */
export const refused = ({ name, type }: Column): LogiDataError =>
  userError('arrow.type', `Column ${name} is ${formatType(columnType(type))}, which Arrow does not hold exactly.`, {
    hint: 'Cast it before this step: HUGEINT to DECIMAL(38,0), others to VARCHAR.',
  })
