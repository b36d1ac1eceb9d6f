import type { ErrorInfo } from '../../shared/errors.ts'
import type { RunDetail } from '../../shared/runs/history.ts'
import { spanIdOf, traceIdOf } from './ids.ts'

type Value = string | number | boolean
interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** 1: internal. */
  readonly kind: 1
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: object[]
  readonly status: { readonly code: 0 | 1 | 2; readonly message?: string }
  readonly events: object[]
}

/**
 * The last attempt of a run as a trace in OTLP's JSON: a span for the run, one for each stage and one for each node, which stands in the stage
 * that computed it.
 */
export function runTrace(detail: RunDetail, project: string, service: string, version: string): object {
  const { run } = detail
  const last = detail.attempts.at(-1)
  const attempt = last?.attempt ?? run.attempt
  const key = `${project}/${run.runId}/${attempt}`
  const traceId = traceIdOf(key)
  const start = Date.parse(last?.startedAt ?? run.startedAt ?? run.queuedAt)
  const length = last?.milliseconds ?? run.milliseconds ?? 0
  const at = (offset: number | undefined, otherwise: number): string => nanoseconds(start + (offset ?? otherwise))
  const span = (id: string, parent: string | undefined, content: Omit<Span, 'traceId' | 'spanId' | 'kind'>): Span => ({
    traceId,
    spanId: spanIdOf(`${key} ${id}`),
    ...(parent === undefined ? {} : { parentSpanId: spanIdOf(`${key} ${parent}`) }),
    kind: 1,
    ...content,
  })

  const stages = detail.stages.filter((stage) => stage.attempt === attempt)
  const nodes = detail.nodes.filter((node) => node.attempt === attempt)
  const spans: Span[] = [
    span('run', undefined, {
      name: `run ${run.path}`,
      startTimeUnixNano: at(0, 0),
      endTimeUnixNano: at(length, length),
      attributes: attributes({
        'logidata.run.id': run.runId,
        'logidata.run.attempt': attempt,
        'logidata.run.state': run.state,
        'logidata.run.trigger': run.trigger.by,
        'logidata.pipeline.path': run.path,
        'logidata.pipeline.name': run.name,
        'logidata.rows.loaded': run.rowsLoaded,
        'logidata.rows.rejected': run.rowsRejected,
        'error.type': run.error?.code,
      }),
      ...outcome(run.state, run.error, at(length, length)),
    }),
  ]
  for (const stage of stages) {
    const end = at(stage.until, (stage.from ?? 0) + (stage.milliseconds ?? 0))
    spans.push(
      span(`stage ${stage.key}`, 'run', {
        name: `stage ${stage.key}`,
        startTimeUnixNano: at(stage.from, 0),
        endTimeUnixNano: end,
        attributes: attributes({
          'logidata.stage.key': stage.key,
          'logidata.stage.kind': stage.kind,
          'logidata.stage.state': stage.state,
          'logidata.stage.tries': stage.tries,
          'error.type': stage.error?.code,
        }),
        ...outcome(stage.state, stage.error, end),
      }),
    )
  }
  for (const node of nodes) {
    if (node.from === undefined && node.until === undefined) continue
    const end = at(node.until, (node.from ?? 0) + (node.milliseconds ?? 0))
    const stage = stages.find((one) => one.nodes.includes(node.nodeId))
    const rows = Object.entries(node.rows ?? {}).map(([port, count]) => [`logidata.rows.${port}`, count] as const)
    spans.push(
      span(`node ${node.nodeId}`, stage ? `stage ${stage.key}` : 'run', {
        name: node.nodeId,
        startTimeUnixNano: at(node.from, Math.max(0, (node.until ?? 0) - (node.milliseconds ?? 0))),
        endTimeUnixNano: end,
        attributes: attributes({
          'logidata.node.id': node.nodeId,
          'logidata.node.state': node.state,
          ...Object.fromEntries(rows),
          'logidata.cpu.milliseconds': node.metrics?.cpuMilliseconds,
          'logidata.memory.peak_bytes': node.metrics?.peakMemoryBytes,
          'logidata.spilled_bytes': node.metrics?.spilledBytes,
          'error.type': node.error?.code,
        }),
        ...outcome(node.state, node.error, end),
      }),
    )
  }
  return {
    resourceSpans: [
      {
        resource: {
          attributes: attributes({ 'service.name': service, 'service.version': version, 'logidata.project': project }),
        },
        scopeSpans: [{ scope: { name: 'logidata.runs', version }, spans }],
      },
    ],
  }
}

function outcome(state: string, error: ErrorInfo | undefined, time: string): Pick<Span, 'status' | 'events'> {
  if (state === 'succeeded' || state === 'done' || state === 'reused') return { status: { code: 1 }, events: [] }
  if (state !== 'failed') return { status: { code: 0 }, events: [] }
  const exception = { 'exception.type': error?.code, 'exception.message': error?.message }
  return {
    status: { code: 2, ...(error ? { message: error.message } : {}) },
    events: error ? [{ name: 'exception', timeUnixNano: time, attributes: attributes(exception) }] : [],
  }
}

/** Counts are texts of digits: integers are texts in OTLP's JSON too. */
function attributes(values: Readonly<Record<string, Value | undefined>>): object[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: typed(value, key) }],
  )
}

function typed(value: Value, key: string): object {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return /^logidata\.rows\./.test(key) && /^\d{1,18}$/.test(value) ? { intValue: value } : { stringValue: value }
}

const nanoseconds = (milliseconds: number): string => String(BigInt(Math.round(milliseconds * 1000)) * 1000n)
