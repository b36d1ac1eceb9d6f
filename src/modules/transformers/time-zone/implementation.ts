import { userError } from '../../../shared/errors.ts'
import { withColumns } from '../../kit/add-columns.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkZone, type TimeColumn, timeColumn } from '../../kit/dates.ts'
import { failure } from '../../kit/failure.ts'
import { freeName, requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
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
    const list = (value: Sql, without: readonly Sql[] = []): Sql =>
      withColumns(input.columns, [{ name, value, field: ['name'] }], without)
    const [columnName, reasonName] = [freeName('_column', input.columns), freeName('_reason', input.columns)]
    const rejects = (reason: Sql, test: Sql, from = input.name, without: readonly Sql[] = []): Sql =>
      sql`SELECT ${withColumns([], [], without)}, CAST(${time.column.name} AS VARCHAR) AS ${identifier(columnName)}, CAST(${reason} AS VARCHAR) AS ${identifier(reasonName)} FROM ${from} WHERE ${test}`
    if (toLocal) {
      const value = sql`timezone(${zoneOf(config, 'to')}, ${time.value})`
      return { out: sql`SELECT ${list(value)} FROM ${input.name}`, reject: rejects(raw('NULL'), raw('FALSE')) }
    }
    const zone = zoneOf(config, 'from')
    const layers = new Layers(input)
    const found = instantsOf(sql`CAST(${time.value} AS TIMESTAMP)`, zone, layers)
    const instant = resolve(config, found, time, zone, nodeId)
    const value = config.operation === 'convert' ? sql`timezone(${zoneOf(config, 'to')}, ${instant})` : instant
    const tests = [
      ...(config.ambiguous === 'reject' ? [found.twice] : []),
      ...(config.missing === 'reject' ? [found.never] : []),
    ]
    const shown = sql`CAST(${time.value} AS VARCHAR)`
    const reason = sql`concat('“', ${shown}, '” ', CASE WHEN ${found.never} THEN 'does not exist in ' ELSE 'comes twice in ' END, ${zone})`
    const out = sql`SELECT ${list(value, layers.names)} FROM ${layers.from}`
    if (tests.length === 0) return { out, reject: rejects(raw('NULL'), raw('FALSE')) }
    const test = joinSql(tests, ' OR ')
    return {
      out: sql`${out} WHERE NOT (${test})`,
      reject: rejects(reason, test, layers.from, layers.names),
    }
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
  /** At the one before, the clocks show it. */
  readonly first: Sql
  /** The clocks showed it at both. */
  readonly twice: Sql
  /** The clocks never showed it. */
  readonly never: Sql
}

/**
 * When clocks of `zone` show `local`. The offsets of a day before and a day after are the two that may be in force around it: changes
 * are further apart than that.
 */
function instantsOf(local: Sql, zone: string, layers: Layers): Found {
  const asUtc = (moment: Sql): Sql => sql`timezone('UTC', ${moment})`
  const by = (days: string): Sql => {
    const other = sql`(${local} ${raw(days)})`
    const offset = sql`(timezone(${zone}, ${asUtc(other)}) - ${other})`
    return sql`CASE WHEN isfinite(${local}) THEN ${asUtc(sql`(${local} - ${offset})`)} ELSE ${asUtc(local)} END`
  }
  const hold = (value: Sql, layer: number): Sql => layers.hold({ value, layer }).value
  const [before, after] = [hold(by('- to_days(1)'), 0), hold(by('+ to_days(1)'), 0)]
  // On nearly all days both offsets are the same one, and nothing has to be looked at.
  const shows = (instant: Sql): Sql =>
    sql`CASE WHEN ${before} <> ${after} THEN timezone(${zone}, ${instant}) = ${local} ELSE ${before} IS NOT NULL END`
  const [first, second] = [hold(shows(before), 1), hold(shows(after), 1)]
  return {
    before,
    after,
    first,
    twice: sql`(${before} <> ${after} AND ${first} AND ${second}) IS TRUE`,
    never: sql`(${before} <> ${after} AND NOT ${first} AND NOT ${second}) IS TRUE`,
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
  const only = sql`CASE WHEN ${found.first} THEN ${found.before} ELSE ${found.after} END`
  return sql`CASE WHEN ${found.twice} THEN ${twice} WHEN ${found.never} THEN ${never} ELSE ${only} END`
}
