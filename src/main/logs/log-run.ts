import type { RunEvent } from '../../shared/engine/types.ts'
import type { ErrorInfo } from '../../shared/errors.ts'
import { assertNever } from '../../shared/result.ts'
import type { LogLine } from '../../shared/runs/log-line.ts'

type Line = Omit<LogLine, 'at' | 'runId' | 'attempt'>

/** What of a run's events the log says. */
export function logLineOf(event: RunEvent): Line | undefined {
  const line = (level: LogLine['level'], message: string, about: Omit<Line, 'level' | 'message'> = {}): Line => ({
    level,
    message,
    source: 'run',
    ...about,
  })
  switch (event.kind) {
    case 'started':
      return line('info', `started: ${event.nodes.length} nodes`)
    case 'stage': {
      const { key: stage, state, attempt, milliseconds, retryInMilliseconds } = event
      const text = [
        `stage ${stage}: ${state}`,
        attempt > 1 && `try ${attempt}`,
        milliseconds !== undefined && `${Math.round(milliseconds)} ms`,
        retryInMilliseconds !== undefined && `again in ${Math.round(retryInMilliseconds)} ms`,
        errorText(event.error),
      ]
      const level = state === 'failed' ? 'error' : state === 'retrying' ? 'warn' : 'debug'
      return line(level, text.filter(Boolean).join(', '), { stage })
    }
    case 'node': {
      const { nodeId, state, rows, milliseconds } = event
      if (state === 'waiting' || state === 'running') return line('debug', state, { nodeId })
      const counts = Object.entries(rows ?? {}).map(([port, count]) => `${port} ${count}`)
      const text = [
        state,
        counts.length > 0 && `rows: ${counts.join(' ')}`,
        milliseconds !== undefined && `${Math.round(milliseconds)} ms`,
        event.written && event.written.length > 0 && `wrote ${event.written.join(' ')}`,
        errorText(event.error),
      ]
      return line(state === 'failed' ? 'error' : 'info', text.filter(Boolean).join(', '), { nodeId })
    }
    case 'check': {
      const { nodeId, port, check, state, severity, failing, rows, message } = event
      const level = state === 'passed' ? 'info' : severity === 'warn' ? 'warn' : 'error'
      const text = [
        `check on ${port}: ${check}: ${state}`,
        failing !== undefined && `${failing} of ${rows ?? '?'} rows`,
        message,
      ]
      return line(level, text.filter(Boolean).join(', '), { nodeId })
    }
    case 'log': {
      const { level, message, nodeId, stage } = event
      return line(level, message, { source: 'engine', ...(nodeId && { nodeId }), ...(stage && { stage }) })
    }
    case 'finished': {
      const level = event.state === 'failed' ? 'error' : 'info'
      const text = [`${event.state} after ${Math.round(event.milliseconds)} ms`, errorText(event.error)]
      return line(level, text.filter(Boolean).join(', '))
    }
    case 'progress':
    case 'cursor':
    case 'forecast':
      return undefined
    default:
      return assertNever(event)
  }
}

const errorText = (error: ErrorInfo | undefined) => error && `${error.code}: ${error.message}`
