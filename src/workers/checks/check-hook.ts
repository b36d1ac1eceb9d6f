import { fuse } from '../../engine/fuse.ts'
import { stageKey } from '../../engine/plan-run.ts'
import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import { sql } from '../../modules/kit/sql.ts'
import type { RunEvent } from '../../shared/engine/types.ts'
import { cancelledError, toErrorInfo, userError } from '../../shared/errors.ts'
import { checkName } from '../../shared/pipeline/checks.ts'
import type { RunContext, RunHook } from '../run/context.ts'
import type { Lease } from '../session.ts'
import { checkedPorts, checkQuery, checksOf, type PlacedCheck } from './check-query.ts'

type CheckEvent = Extract<RunEvent, { kind: 'check' }>

/** What was found of each port in a run: each is looked at once, however many loads stand below. */
const found = new WeakMap<RunContext, Map<string, Promise<CheckEvent[]>>>()

/** Looks at the checks above a load before it writes, or above a result that was asked for, and stops it where one that must hold does not. */
export const checkHook: RunHook = {
  beforeLoad: (run, stage, _inputs, lease) => look(run, stage.nodeId, lease),
  async afterStage(run, stage) {
    if (stage.kind !== 'keep' || !run.plan.targets.includes(stageKey(stage))) return
    if (checkedAbove(run, stage.ref.nodeId).length === 0) return
    await run.project.session.lease(run.signal, (lease) => look(run, stage.ref.nodeId, lease))
  },
}

async function look(run: RunContext, nodeId: string, lease: Lease): Promise<void> {
  const known = found.get(run) ?? new Map<string, Promise<CheckEvent[]>>()
  found.set(run, known)
  for (const ref of checkedAbove(run, nodeId)) {
    let results = known.get(portKey(ref))
    if (!results) {
      results = evaluate(run, ref, lease)
      known.set(portKey(ref), results)
    }
    const broken = (await results).find(({ state, severity }) => state !== 'passed' && severity === 'fail')
    if (broken)
      throw userError('check.failed', `The check “${broken.check}” does not hold: ${broken.message ?? ''}`, {
        nodeId: ref.nodeId,
        hint: 'Mend the data or the check. A check that only warns lets the run go on.',
      })
  }
}

function checkedAbove({ pipeline }: RunContext, loadId: string): PortRef[] {
  const seen = new Set<string>()
  const refs: PortRef[] = []
  const visit = (id: string): void => {
    const node = pipeline.nodes.get(id)
    if (!node || seen.has(id)) return
    seen.add(id)
    // From the source down, so that the first cause is the one that is told.
    for (const from of node.inputs.values()) visit(from.nodeId)
    for (const port of checkedPorts(node)) refs.push({ nodeId: id, port })
  }
  visit(loadId)
  return refs
}

/** One query for all checks of a port; says what they came to. @throws LogiDataError `cancelled` */
async function evaluate(run: RunContext, ref: PortRef, lease: Lease): Promise<CheckEvent[]> {
  const node = run.pipeline.nodes.get(ref.nodeId)
  if (!node) return []
  const checks = checksOf(node, ref.port)
  let events: CheckEvent[]
  try {
    const columns = run.pipeline.columns.get(portKey(ref)) ?? []
    const rows = sql`(${fuse(run.pipeline, [ref], { replaced: run.results.tables, compiled: run.pipeline.compiled }).select})`
    const [cells = []] = (await lease.query(checkQuery(node, rows, columns, checks))).rows
    const [all, ...rest] = cells
    events = checks.map((placed, index) =>
      outcome(ref, placed, all ?? '0', rest[2 * index] ?? '0', rest[2 * index + 1] ?? undefined),
    )
  } catch (thrown) {
    const { kind, message } = toErrorInfo(thrown)
    if (kind === 'cancelled' || run.signal.aborted) throw cancelledError()
    events = checks.map((placed) => ({ ...head(ref, placed), state: 'error', message }))
  }
  for (const event of events) run.emit(event)
  return events
}

const head = (ref: PortRef, { check }: PlacedCheck) => ({
  kind: 'check' as const,
  nodeId: ref.nodeId,
  port: ref.port,
  check: checkName(check),
  severity: check.severity ?? ('fail' as const),
})

function outcome(
  ref: PortRef,
  placed: PlacedCheck,
  rows: string,
  failing: string,
  reason: string | undefined,
): CheckEvent {
  const { check } = placed
  const event = { ...head(ref, placed), rows }
  const whole = check.check === 'rows' || check.check === 'table'
  if (failing === '0') return { ...event, state: 'passed', ...(whole ? {} : { failing }) }
  const found = whole ? (check.message ?? reason ?? '') : `${failing} of ${rows} rows break it; ${reason ?? ''}`
  return { ...event, state: 'failed', ...(whole ? {} : { failing }), message: `${found}.` }
}
