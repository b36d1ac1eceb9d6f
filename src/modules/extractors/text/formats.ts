import { userError } from '../../../shared/errors.ts'
import type { TextConfig } from './descriptor.ts'

/** The fields of a record; undefined when it does not match. */
export type LineReader = (text: string) => Record<string, string | null> | undefined

const COMMON =
  '(?<host>\\S+) (?<identity>\\S+) (?<user>\\S+) \\[(?<time>[^\\]]+)\\] "(?:(?<method>[A-Z]+) (?<path>[^"]*?)(?: (?<protocol>HTTP/[\\d.]+))?|(?<request>(?:[^"\\\\]|\\\\.)*))" (?<status>\\d{3}) (?<bytes>\\d+|-)'
const PATTERNS = {
  common: COMMON,
  combined: `${COMMON} "(?<referrer>(?:[^"\\\\]|\\\\.)*)" "(?<agent>(?:[^"\\\\]|\\\\.)*)"`,
  syslog:
    '(?:<(?<priority>\\d{1,3})>)?(?<time>[A-Z][a-z]{2} [ \\d]\\d \\d{2}:\\d{2}:\\d{2}|\\d{4}-\\d\\d-\\d\\dT\\S+) (?<host>\\S+) (?<program>[^:\\[\\s]+)(?:\\[(?<pid>\\d+)\\])?: ?(?<message>[\\s\\S]*)',
  syslog_5424:
    '<(?<priority>\\d{1,3})>(?<version>\\d{1,2}) (?<time>\\S+) (?<host>\\S+) (?<app>\\S+) (?<process>\\S+) (?<id>\\S+) (?<data>-|(?:\\[(?:[^\\]\\\\]|\\\\.)*\\])+)(?: (?<message>[\\s\\S]*))?',
} as const

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/** How the lines are taken apart. @throws LogiDataError `text.no-pattern` */
export function lineReader(config: TextConfig): LineReader {
  const { format } = config
  if (format === 'lines') return (text) => ({ line: text })
  if (format === 'logfmt') return logfmt
  if (format === 'pattern') return byPattern(config.pattern)
  const read = byPattern(PATTERNS[format])
  return (text) => {
    const found = read(text)
    if (!found) return undefined
    for (const [name, value] of Object.entries(found)) if (value === '-' && name !== 'message') found[name] = null
    if (format === 'common' || format === 'combined') found.time = instant(found.time ?? '')
    return found
  }
}

function byPattern(pattern: string | undefined): LineReader {
  const expression = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u')
  if (!expression || !/\(\?<[^=!]/.test(expression.source))
    throw userError('text.no-pattern', 'The pattern needs at least one named group, which becomes a column.', {
      hint: 'Write one such as (?<level>[A-Z]+) (?<message>.*).',
      field: ['pattern'],
    })
  return (text) => {
    const groups = expression.exec(text)?.groups
    return (
      groups &&
      Object.fromEntries(
        Object.entries(groups).map(([name, value]) => [name, value === undefined || value === '' ? null : value]),
      )
    )
  }
}

/** `10/Oct/2000:13:55:36 -0700` as an ISO 8601 text; as it is when it is none. */
function instant(text: string): string {
  const match = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([-+]\d{2})(\d{2})$/.exec(text)
  const month = match?.[2] === undefined ? -1 : MONTHS.indexOf(match[2])
  if (!match || month < 0) return text
  return `${match[3]}-${String(month / 3 + 1).padStart(2, '0')}-${match[1]} ${match[4]}${match[5]}:${match[6]}`
}

function logfmt(text: string): Record<string, string | null> | undefined {
  const fields: Record<string, string | null> = {}
  const pair = /\s*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/y
  while (pair.lastIndex < text.trimEnd().length) {
    const at = pair.lastIndex
    const match = pair.exec(text)
    if (!match || pair.lastIndex === at) return undefined
    const [, key = '', quoted, plain] = match
    const value =
      quoted === undefined
        ? plain
        : quoted.replace(/\\(.)/g, (_, character: string) =>
            character === 'n' ? '\n' : character === 't' ? '\t' : character,
          )
    // A key alone says that it is so.
    fields[key] = value === undefined ? 'true' : value === '' ? null : value
  }
  return Object.keys(fields).length > 0 ? fields : undefined
}
