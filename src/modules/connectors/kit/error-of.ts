import { type ErrorInfo, LogiDataError } from '../../../shared/errors.ts'

/** The information of the error that a promise ends with, for tests. */
export async function errorOf(promise: Promise<unknown>): Promise<ErrorInfo> {
  try {
    await promise
  } catch (thrown) {
    if (thrown instanceof LogiDataError) return thrown.info
    throw thrown
  }
  throw new Error('nothing was thrown')
}
