/**
 * Run as a process of its own by `crash.test.ts`: loads with a key and, told by `LOGIDATA_TEST_CRASH_AT`, is killed on the way.
 * Arguments: connection and config as JSON, query, key.
 */
import { resolvedConnectionSchema } from '../../../shared/connections/connection.ts'
import { toErrorInfo } from '../../../shared/errors.ts'
import { openDuckDbSession } from '../../kit/duckdb-session.ts'
import { loadRows, notedCommit } from './testing.ts'

const [connection = '{}', config = '{}', query = '', key = ''] = process.argv.slice(2)
const session = await openDuckDbSession()
try {
  const { commit } = notedCommit(key)
  await loadRows(session, resolvedConnectionSchema.parse(JSON.parse(connection)), query, JSON.parse(config), { commit })
} catch (thrown) {
  console.error(JSON.stringify(toErrorInfo(thrown)))
  process.exitCode = 1
}
session.close()
