import { fromErrorInfo, LogiDataError } from '../../shared/errors.ts'

export type FieldPath = readonly (string | number)[]

/** Runs `work`; an error that it throws names the field of the config that it is about. */
export function atField<T>(field: FieldPath, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    if (thrown instanceof LogiDataError && !thrown.info.field)
      throw fromErrorInfo({ ...thrown.info, field: [...field] })
    throw thrown
  }
}
