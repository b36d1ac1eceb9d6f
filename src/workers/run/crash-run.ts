/**
 * Run as a process of its own by `crash.test.ts`: runs a pipeline as the engine does and, told by `LOGIDATA_TEST_CRASH_AT`, is killed on
 * the way. Argument: the request as JSON. Prints the events, a line each.
 */
import { moduleOf } from '../../modules/catalogue.ts'
import { Projects } from '../projects.ts'

const projects = new Projects({ memoryBytes: 2 ** 28, threads: 2, moduleOf, moduleInfos: () => [] })
await projects.answer('run', JSON.parse(process.argv[2] ?? ''), new AbortController().signal, (event) =>
  process.stdout.write(`${JSON.stringify(event)}\n`),
)
await projects.close()
