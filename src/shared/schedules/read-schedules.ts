import type { z } from 'zod'
import type { Problem } from '../engine/types.ts'
import type { JsonValue } from '../pipeline/document.ts'
import { didYouMean } from '../pipeline/suggest.ts'
import { type Path, type Positions, parseSource, problem } from '../pipeline/yaml/source.ts'
import { toPlainData } from '../pipeline/yaml/values.ts'
import {
  SCHEDULES_FORMAT,
  type Schedule,
  type Schedules,
  scheduleSchema,
  schedulesSchema,
  type Trigger,
} from './document.ts'

export interface ReadSchedules {
  /** What could be read; a schedule with a fault in it is left out, the others stay. Absent when nothing could be. */
  readonly document?: Schedules
  /** Nothing of the file is missing in the document. */
  readonly complete: boolean
  readonly problems: Problem[]
  readonly positions: Positions
}

type Data = { [key: string]: JsonValue }

/** Reads `schedules.yaml`. Never throws: what is wrong is a problem with its place in the file. */
export function readSchedules(text: string): ReadSchedules {
  const source = parseSource(text)
  const { positions } = source
  if (source.problems.length > 0) return { complete: false, problems: source.problems, positions }
  const plain = toPlainData(source, (path) => (isText(path) ? 'text' : 'any'))
  const problems = plain.problems.map((refused) => refused.problem)
  const failed = (code: string, message: string, path: Path, hint: string): ReadSchedules => ({
    complete: false,
    problems: [...problems, problem(code, message, positions.at(path), hint)],
    positions,
  })
  const hint = `Write “format: ${SCHEDULES_FORMAT}” as its first line.`
  if (!isData(plain.value)) return failed('schedules.not-schedules', 'The file holds no schedules.', [], hint)
  const data: Data = { ...plain.value, schedules: plain.value.schedules ?? {} }
  if (data.format !== SCHEDULES_FORMAT)
    return failed(
      'schedules.format',
      `The format ${JSON.stringify(data.format ?? null)} is not known.`,
      ['format'],
      hint,
    )

  const issues = [...issuesOf(data)]
  for (const issue of issues)
    problems.push(problem('schedules.invalid', `${place(issue.path)} ${issue.message}.`, positions.at(issue.path)))
  const parsed = schedulesSchema.safeParse(without(data, issues))
  if (!parsed.success) return { complete: false, problems, positions }
  const document = parsed.data
  problems.push(...referenceProblems(document, positions))
  return { document, complete: issues.length === 0 && plain.problems.length === 0, problems, positions }
}

interface Issue {
  readonly path: Path
  readonly message: string
}

function* issuesOf(data: Data): Generator<Issue> {
  const parsed = schedulesSchema.safeParse(data)
  if (parsed.success) return
  for (const issue of parsed.error.issues) yield* described(issue, data)
}

/** A union says only that nothing fits: the trigger that was meant is checked by itself. */
function* described(issue: z.core.$ZodIssue, data: Data): Generator<Issue> {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) yield { path: [...path, key], message: 'is not known here' }
    return
  }
  if (issue.code === 'invalid_union') {
    const meant = closest(issue.errors)
    if (!meant || !isData(valueAt(data, path))) yield { path, message: 'must say one of cron, every, files and after' }
    else for (const inner of meant) yield* described({ ...inner, path: [...issue.path, ...inner.path] }, data)
    return
  }
  if (valueAt(data, path) === undefined) yield { path, message: 'is missing' }
  else yield { path, message: `is not valid: ${issue.message}` }
}

/** Of the ways to read a trigger, the one whose own key is there. */
const closest = (ways: readonly (readonly z.core.$ZodIssue[])[]) =>
  ways.find((issues) => !issues.some((issue) => issue.code === 'unrecognized_keys' && issue.keys.some(isTriggerKey)))

const isTriggerKey = (key: string) => ['cron', 'every', 'files', 'after'].includes(key)

/** The data without the schedules and channels that have a fault. */
function without(data: Data, issues: readonly Issue[]): Data {
  const result = structuredClone(data)
  for (const { path } of issues) {
    const [section, name] = path
    const entries = section === undefined ? undefined : result[section]
    if ((section === 'schedules' || section === 'channels') && name !== undefined && isData(entries))
      delete entries[name]
    else if (section !== undefined && section !== 'format') delete result[section]
  }
  return { ...result, schedules: result.schedules ?? {} }
}

/** Channels that are not there, mail without a server, pipelines that would start each other for ever. */
function referenceProblems(document: Schedules, positions: Positions): Problem[] {
  const problems: Problem[] = []
  const channels = Object.keys(document.channels ?? {})
  for (const [name, schedule] of Object.entries(document.schedules))
    for (const [index, channel] of (schedule.notify ?? []).entries())
      if (!channels.includes(channel)) {
        const at = positions.at(['schedules', name, 'notify', index])
        const hint = didYouMean(channel, channels) ?? 'Add it under “channels”.'
        problems.push(problem('schedules.channel', `There is no channel “${channel}” to notify.`, at, hint))
      }
  for (const [name, channel] of Object.entries(document.channels ?? {}))
    if (channel.email && !document.mail) {
      const at = positions.at(['channels', name, 'email'])
      const hint = 'Say host and from under “mail”.'
      problems.push(problem('schedules.mail', `Channel “${name}” sends e-mail, but no server is named.`, at, hint))
    }
  for (const name of circular(document.schedules)) {
    const at = positions.at(['schedules', name, 'trigger'])
    const hint = 'Take “after” out of one of them.'
    problems.push(problem('schedules.cycle', `“${name}” would start itself again and again.`, at, hint))
  }
  return problems
}

/** Schedules that lead back to themselves through `after`. */
function circular(schedules: Readonly<Record<string, Schedule>>): string[] {
  const startedAfter = new Map<string, string[]>()
  for (const { trigger, pipeline } of Object.values(schedules))
    if ('after' in trigger) startedAfter.set(trigger.after, [...(startedAfter.get(trigger.after) ?? []), pipeline])
  const leadsTo = (from: string, target: string, seen = new Set<string>()): boolean =>
    (startedAfter.get(from) ?? []).some((next) => {
      if (next === target) return true
      if (seen.has(next)) return false
      seen.add(next)
      return leadsTo(next, target, seen)
    })
  return Object.entries(schedules)
    .filter(([, { trigger, pipeline }]) => 'after' in trigger && leadsTo(pipeline, pipeline))
    .map(([name]) => name)
}

/** Which kind of trigger it is. */
export function triggerKind(trigger: Trigger): 'cron' | 'every' | 'files' | 'after' {
  if ('cron' in trigger) return 'cron'
  if ('every' in trigger) return 'every'
  return 'files' in trigger ? 'files' : 'after'
}

/** Values that are text however they are written: a cron pattern, a date for a parameter. */
function isText(path: Path): boolean {
  const [section, , field, inner] = path
  if (section === 'format') return true
  if (section === 'mail') return path.length === 2 && path[1] !== 'port'
  if (section === 'channels') return path.length > 3
  if (section !== 'schedules') return false
  if (path.length === 3)
    return field !== 'enabled' && field !== 'notify' && field !== 'trigger' && field !== 'parameters'
  return (
    path.length === 4 && (field === 'trigger' || field === 'parameters' || field === 'notify') && inner !== undefined
  )
}

function place(path: Path): string {
  const [section, name, ...rest] = path
  const what = section === 'schedules' ? 'schedule' : section === 'channels' ? 'channel' : undefined
  if (!what || name === undefined) return `“${path.join('.')}”`
  const whole = `${what} “${name}”`
  return rest.length === 0 ? whole.charAt(0).toUpperCase() + whole.slice(1) : `“${rest.join('.')}” of ${whole}`
}

function valueAt(data: JsonValue, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = data
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Data)[part]
  }
  return value
}

const isData = (value: JsonValue | undefined): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a schedule fits; for the form, which has one at a time. */
export const checkSchedule = (schedule: unknown): readonly string[] =>
  scheduleSchema.safeParse(schedule).error?.issues.map(({ message }) => message) ?? []
