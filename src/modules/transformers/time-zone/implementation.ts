import { userError } from '../../../shared/errors.ts'
import { withColumns } from '../../kit/add-columns.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkZone, type TimeColumn, timeColumn } from '../../kit/dates.ts'
import { failure } from '../../kit/failure.ts'
import { freeName, requireInput } from '../../kit/inputs.ts'
import { identifier, raw, type Sql, sql } from '../../kit/sql.ts'
import { type TimeZoneConfig, timeZoneDescriptor } from './descriptor.ts'

export const timeZone: RelationModule<typeof timeZoneDescriptor, undefined> = {
  kind: 'relation',
  descriptor: timeZoneDescriptor,
  async prepare({ config, session }) {
    for (const side of ['from', 'to'] as const) {
      const zone = config[side]?.trim()
      if (zone) await checkZone(zone, session, [side])
    }
    return undefined
  },
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const time = timeColumn(input.columns, config.column, ['column'])
    const toLocal = config.operation === 'to_local'
    checkKind(config, time)
    const name = config.name ?? time.column.name
    const list = (value: Sql): Sql => withColumns(input.columns, [{ name, value, field: ['name'] }])
    const [columnName, reasonName] = [freeName('_column', input.columns), freeName('_reason', input.columns)]
    const rejects = (reason: Sql, test: Sql): Sql =>
      sql`SELECT *, CAST(${time.column.name} AS VARCHAR) AS ${identifier(columnName)}, CAST(${reason} AS VARCHAR) AS ${identifier(reasonName)} FROM ${input.name} WHERE ${test}`
    if (toLocal) {
      const value = sql`timezone(${zoneOf(config, 'to')}, ${time.value})`
      return { out: sql`SELECT ${list(value)} FROM ${input.name}`, reject: rejects(raw('NULL'), raw('FALSE')) }
    }
    const zone = zoneOf(config, 'from')
    const found = instantsOf(sql`CAST(${time.value} AS TIMESTAMP)`, zone)
    const instant = resolve(config, found, time, zone, nodeId)
    const value = config.operation === 'convert' ? sql`timezone(${zoneOf(config, 'to')}, ${instant})` : instant
    const tests = [
      ...(config.ambiguous === 'reject' ? [found.twice] : []),
      ...(config.missing === 'reject' ? [found.never] : []),
    ]
    const shown = sql`CAST(${time.value} AS VARCHAR)`
    const reason = sql`concat('“', ${shown}, '” ', CASE WHEN ${found.never} THEN 'does not exist in ' ELSE 'comes twice in ' END, ${zone})`
    if (tests.length === 0)
      return { out: sql`SELECT ${list(value)} FROM ${input.name}`, reject: rejects(reason, raw('FALSE')) }
    const test = sql`coalesce(${raw(tests.map((each) => each.text).join(' OR '))}, FALSE)`
    return { out: sql`SELECT ${list(value)} FROM ${input.name} WHERE NOT ${test}`, reject: rejects(reason, test) }
  },
}

function checkKind({ operation }: TimeZoneConfig, time: TimeColumn): void {
  if ((operation === 'to_local') === (time.kind === 'instant')) return
  const message =
    operation === 'to_local'
      ? `“${time.column.name}” is ${time.column.type}, which has no time zone.`
      : `“${time.column.name}” has a time zone already.`
  throw userError('zone.kind', message, {
    field: ['operation'],
    hint:
      operation === 'to_local'
        ? 'Say which zone it is of: “What clocks in a zone show → with time zone”.'
        : 'Choose “With time zone → what clocks in a zone show”.',
  })
}

function zoneOf(config: TimeZoneConfig, side: 'from' | 'to'): string {
  const zone = config[side]?.trim()
  if (zone) return zone
  throw userError('config.missing', 'Name the time zone.', { field: [side], hint: 'Such as Europe/Paris or UTC.' })
}

interface Found {
  /** By the offset before a change, and by the one after it. */
  readonly before: Sql
  readonly after: Sql
  /** The clocks showed it at both. */
  readonly twice: Sql
  /** The clocks never showed it. */
  readonly never: Sql
}

/**
 * When clocks of `zone` show `local`. The offsets of a day before and a day after are the two that may be in force around it: changes
 * are further apart than that.
 */
function instantsOf(local: Sql, zone: string): Found {
  const asUtc = (moment: Sql): Sql => sql`timezone('UTC', ${moment})`
  const by = (days: string): Sql => {
    const other = sql`(${local} ${raw(days)})`
    const offset = sql`(timezone(${zone}, ${asUtc(other)}) - ${other})`
    return asUtc(sql`(${local} - ${offset})`)
  }
  const [before, after] = [by('- to_days(1)'), by('+ to_days(1)')]
  const shows = (instant: Sql): Sql => sql`timezone(${zone}, ${instant}) = ${local}`
  const finite = sql`isfinite(${local})`
  return {
    before: sql`CASE WHEN ${finite} THEN ${before} ELSE ${asUtc(local)} END`,
    after: sql`CASE WHEN ${finite} THEN ${after} ELSE ${asUtc(local)} END`,
    twice: sql`(CASE WHEN ${finite} THEN ${before} <> ${after} AND ${shows(before)} AND ${shows(after)} ELSE FALSE END)`,
    never: sql`(CASE WHEN ${finite} THEN NOT ${shows(before)} AND NOT ${shows(after)} ELSE FALSE END)`,
  }
}

function resolve(config: TimeZoneConfig, found: Found, time: TimeColumn, zone: string, nodeId: string): Sql {
  const shown = sql`CAST(${time.value} AS VARCHAR)`
  const error = (what: 'ambiguous' | 'missing', says: string): Sql =>
    failure(
      `zone.${what}`,
      [what],
      ['“', shown, `” of the column “${time.column.name}” ${says} in ${zone}.`],
      'Choose what to do with such times.',
      nodeId,
    )
  // Of a time that comes twice, the offset before the change gives the earlier moment; of one left out, the later.
  const twice = {
    earlier: found.before,
    later: found.after,
    null: raw('NULL'),
    reject: raw('NULL'),
    fail: error('ambiguous', 'comes twice'),
  }[config.ambiguous]
  const never = {
    later: found.before,
    earlier: found.after,
    null: raw('NULL'),
    reject: raw('NULL'),
    fail: error('missing', 'does not exist'),
  }[config.missing]
  const local = sql`CAST(${time.value} AS TIMESTAMP)`
  const only = sql`CASE WHEN timezone(${zone}, ${found.before}) = ${local} THEN ${found.before} ELSE ${found.after} END`
  return sql`CASE WHEN ${found.twice} THEN ${twice} WHEN ${found.never} THEN ${never} ELSE ${only} END`
}
