import { carriedComments } from '../pipeline/carry-comments.ts'
import type { JsonValue } from '../pipeline/document.ts'
import { emitYaml } from '../pipeline/yaml/emit.ts'
import type { Channel, Schedule, Schedules } from './document.ts'

type Data = { [key: string]: JsonValue }

/**
 * Writes `schedules.yaml`: the same document gives the same bytes, in the order that the document has.
 * @param previousText what the file holds now: comments that a person wrote there stay with what they speak of
 */
export function writeSchedules(document: Schedules, previousText?: string): string {
  const data = toData(document)
  return emitYaml(data, {
    comments: previousText === undefined ? new Map() : carriedComments(previousText, data),
    alwaysBlock: (path) => path.length < 3,
    isVerbatim: () => false,
  })
}

function toData({ format, schedules, channels, mail }: Schedules): Data {
  return {
    format,
    schedules: mapped(schedules, (schedule) => ordered(schedule, SCHEDULE_KEYS)),
    ...(channels && Object.keys(channels).length > 0
      ? { channels: mapped(channels, (channel) => ordered(channel, CHANNEL_KEYS)) }
      : {}),
    ...(mail ? { mail: ordered(mail, ['host', 'port', 'security', 'from', 'user', 'password']) } : {}),
  }
}

const SCHEDULE_KEYS: readonly (keyof Schedule)[] = [
  'pipeline',
  'description',
  'enabled',
  'trigger',
  'parameters',
  'missed',
  'overlap',
  'late_after',
  'notify',
]
const CHANNEL_KEYS: readonly (keyof Channel)[] = ['on', 'desktop', 'email', 'webhook']

const mapped = <T>(entries: Readonly<Record<string, T>>, write: (value: T) => Data): Data =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, write(value)]))

/** The given keys, in that order, where there is something to say. */
function ordered<T extends object>(from: T, keys: readonly (keyof T & string)[]): Data {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = from[key] as JsonValue | undefined
      const silent = value === undefined || (key === 'enabled' && value === true) || isEmpty(value)
      return silent ? [] : [[key, value]]
    }),
  )
}

const isEmpty = (value: JsonValue): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
