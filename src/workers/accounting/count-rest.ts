import { fuse } from '../../engine/fuse.ts'
import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import { sql } from '../../modules/kit/sql.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import type { RunContext } from '../run/context.ts'
import { scalar } from '../session.ts'
import { deriveRows, squeezeRows } from './derive-rows.ts'
import { estimateCount } from './estimate-count.ts'
import { log, warn } from './log.ts'

/** What counting may take, of the time that the run has taken; what a query counts while it runs takes the rest of 3 %. */
const SHARE = 0.02
/** And so much in any case: nobody notices it. */
const LEAST_MS = 100
/** When counting ends whatever was estimated: on a busy machine, what is small may take longer than the machine should need. */
const LATEST_MS = 250
/** Fetching a count that DuckDB knows, or of few rows. */
const SMALL_MS = 1

/**
 * Counts the rows of the ports that neither a result nor a query told, as far as that takes no more than a small share of the run's
 * time. What would take longer is left out, and the log says so.
 * @param taking nodes whose stages gave their rows
 */
export async function countRest(run: RunContext, taking: ReadonlySet<string>): Promise<void> {
  const { pipeline, results } = run
  const wanted = wantedPorts(run, taking)
  const derive = () => {
    deriveRows(pipeline, results.rows)
    squeezeRows(pipeline, results.rows)
    deriveRows(pipeline, results.rows)
  }
  derive()
  const started = performance.now()
  const budget = Math.max(LEAST_MS, SHARE * (started - results.started))
  const latest = Math.max(LATEST_MS, budget)
  const left: string[] = []
  try {
    for (const ref of wanted) {
      if (results.rows.has(portKey(ref))) continue
      const spent = performance.now() - started
      if (await countPort(run, ref, { estimate: Math.max(SMALL_MS, budget - spent), clock: latest - spent })) derive()
      else left.push(portKey(ref))
    }
  } catch (thrown) {
    // The data is written; a count that fails is no reason to call the run failed. A cancel is one to stop.
    const { kind, message } = toErrorInfo(thrown)
    if (kind === 'cancelled') return
    warn(run, `Some rows could not be counted: ${message}`)
  }
  const unknown = left.filter((key) => !results.rows.has(key))
  if (unknown.length > 0)
    log(run, `Not counted, since that would have taken longer than 3 % of the run: the rows of ${unknown.join(', ')}.`)
}

/** Everything that a node reads, and rejected rows, whether or not somebody reads them. From the sources down. */
function wantedPorts({ pipeline }: RunContext, taking: ReadonlySet<string>): PortRef[] {
  const wanted = new Map<string, PortRef>()
  for (const [nodeId, { inputs, module }] of pipeline.nodes) {
    if (!taking.has(nodeId)) continue
    for (const from of inputs.values()) wanted.set(portKey(from), from)
    if (module?.kind !== 'relation') continue
    for (const { name, reject } of module.descriptor.outputs)
      if (reject) wanted.set(portKey({ nodeId, port: name }), { nodeId, port: name })
  }
  return [...wanted.values()].filter((ref) => pipeline.columns.has(portKey(ref)))
}

/** @returns false when it should take longer than `estimate`, or takes longer than `clock`, in milliseconds */
async function countPort(
  run: RunContext,
  ref: PortRef,
  most: { readonly estimate: number; readonly clock: number },
): Promise<boolean> {
  const { pipeline, project, results, signal } = run
  const query = fuse(pipeline, [ref], { replaced: results.tables, compiled: pipeline.compiled })
  const time = new AbortController()
  const timer = setTimeout(() => time.abort(), Math.max(0, most.clock))
  try {
    const counted = await project.session.lease(AbortSignal.any([signal, time.signal]), async (lease) => {
      const text = sql`SELECT count(*) FROM (${query.select})`
      const estimate = estimateCount(run, ref, await lease.explain(text.text))
      return estimate > most.estimate ? null : scalar(lease, text.text)
    })
    if (counted === null) return false
    results.tell(portKey(ref), BigInt(counted))
    return true
  } catch (thrown) {
    if (time.signal.aborted && !signal.aborted) return false
    throw thrown
  } finally {
    clearTimeout(timer)
  }
}
