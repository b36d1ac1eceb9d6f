import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { withColumns } from '../../kit/add-columns.ts'
import { kindOf } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkZone, type TimeColumn, timeColumn } from '../../kit/dates.ts'
import { failure } from '../../kit/failure.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { trimmed } from '../../kit/text-sql.ts'
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
    checkKind(config, time)
    const layers = new Layers(input)
    const toLocal = config.operation === 'to_local'
    const from = toLocal ? undefined : zoneOf(config, 'from', input.columns, layers)
    const to = config.operation === 'to_instant' ? undefined : zoneOf(config, 'to', input.columns, layers)
    const refused: Refused[] = [from, to].flatMap((zone) => (zone?.refused ? [zone.refused] : []))
    let moment = time.value
    if (from) {
      const found = instantsOf(sql`CAST(${time.value} AS TIMESTAMP)`, from.name, layers)
      moment = resolve(config, found, time, from.name, nodeId)
      refused.push(...changesRefused(config, found, time, from.name))
    }
    const wanted = to ? sql`timezone(${to.name}, ${moment})` : moment
    const value = config.unknown_zone === 'fail' ? orUnknownZone(wanted, [from, to], nodeId) : wanted
    const added = [{ name: config.name ?? time.column.name, value, field: ['name'] }]
    const passes = refused.length === 0 ? raw('') : sql` WHERE NOT (${anyOf(refused)})`
    return {
      out: sql`SELECT ${withColumns(input.columns, added, layers.names)} FROM ${layers.from}${passes}`,
      reject: rejects(input.columns, refused, refused.length === 0 ? input.name : layers.from, layers.names),
    }
  },
}

/** Rows that leave by the reject port. */
interface Refused {
  /** True or false, never NULL. */
  readonly test: Sql
  readonly column: Sql
  readonly reason: Sql
}

const anyOf = (refused: readonly Refused[]): Sql =>
  joinSql(
    refused.map(({ test }) => test),
    ' OR ',
  )

function rejects(columns: readonly Column[], refused: readonly Refused[], from: Sql, helpers: readonly Sql[]): Sql {
  const none = refused.length === 0
  const cases = (pick: (each: Refused) => Sql): Sql =>
    none
      ? raw('NULL')
      : sql`CASE ${joinSql(
          refused.map((each) => sql`WHEN ${each.test} THEN ${pick(each)}`),
          ' ',
        )} END`
  const [columnName, reasonName] = [freeName('_column', columns), freeName('_reason', columns)]
  const without = none ? [] : helpers
  return sql`SELECT ${withColumns([], [], without)}, CAST(${cases(({ column }) => column)} AS VARCHAR) AS ${identifier(columnName)}, CAST(${cases(({ reason }) => reason)} AS VARCHAR) AS ${identifier(reasonName)} FROM ${from} WHERE ${none ? raw('FALSE') : anyOf(refused)}`
}

function changesRefused(config: TimeZoneConfig, found: Found, time: TimeColumn, zone: Sql): Refused[] {
  const shown = sql`CAST(${time.value} AS VARCHAR)`
  const refused = (test: Sql, says: string): Refused => ({
    test,
    column: sql`${time.column.name}`,
    reason: sql`concat('“', ${shown}, ${`” ${says} in `}, ${zone})`,
  })
  return [
    ...(config.missing === 'reject' ? [refused(found.never, 'does not exist')] : []),
    ...(config.ambiguous === 'reject' ? [refused(found.twice, 'comes twice')] : []),
  ]
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

interface Zone {
  /** Text; NULL where a column names none that is known. */
  readonly name: Sql
  /** Of a column: where it names an unknown one. */
  readonly unknown?: { readonly test: Sql; readonly column: string; readonly shown: Sql; readonly side: 'from' | 'to' }
  readonly refused?: Refused
}

/** @throws LogiDataError `config.missing`, `zone.twice`, `column.not-text` */
function zoneOf(config: TimeZoneConfig, side: 'from' | 'to', columns: readonly Column[], layers: Layers): Zone {
  const named = config[side]?.trim()
  const chosen = config[`${side}_column`]
  if (!chosen) {
    if (named) return { name: sql`${named}` }
    throw userError('config.missing', 'Name the time zone.', { field: [side], hint: 'Such as Europe/Paris or UTC.' })
  }
  const field = [`${side}_column`]
  if (named)
    throw userError('zone.twice', 'The zone is given by name and by a column.', {
      field,
      hint: `Keep one of the two: take away “${named}”, or the column.`,
    })
  const column = requireColumn(columns, chosen, field)
  if (kindOf(column) !== 'text')
    throw userError('column.not-text', `“${column.name}” is ${column.type}, and zones are texts.`, {
      field,
      hint: 'Choose a column of names such as Europe/Paris.',
    })
  const shown = identifier(column.name)
  const text = trimmed(shown)
  const name = layers.hold({
    // DuckDB stops at a zone that it does not know, so it must not see one.
    value: sql`CASE WHEN lower(${text}) IN (SELECT lower(name) FROM pg_timezone_names()) THEN ${text} END`,
    layer: 0,
  }).value
  const test = sql`(${name} IS NULL AND coalesce(${text}, '') <> '')`
  const unknown = { test, column: column.name, shown, side }
  if (config.unknown_zone !== 'reject') return { name, unknown }
  const reason = sql`concat('“', left(${shown}, 80), '” is no time zone')`
  return { name, unknown, refused: { test, column: sql`${column.name}`, reason } }
}

function orUnknownZone(value: Sql, zones: readonly (Zone | undefined)[], nodeId: string): Sql {
  const cases = zones.flatMap((zone) => {
    if (!zone?.unknown) return []
    const { test, column, shown, side } = zone.unknown
    const message = ['“', sql`left(${shown}, 80)`, `” of the column “${column}” is no time zone.`]
    const hint = 'Write IANA names such as Europe/Paris, or choose what to do with unknown zones.'
    return [sql`WHEN ${test} THEN ${failure('zone.unknown', [`${side}_column`], message, hint, nodeId)}`]
  })
  return cases.length === 0 ? value : sql`CASE ${joinSql(cases, ' ')} ELSE ${value} END`
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
function instantsOf(local: Sql, zone: Sql, layers: Layers): Found {
  const asUtc = (moment: Sql): Sql => sql`timezone('UTC', ${moment})`
  const by = (days: string): Sql => {
    const other = sql`(${local} ${raw(days)})`
    const offset = sql`(timezone(${zone}, ${asUtc(other)}) - ${other})`
    return sql`CASE WHEN isfinite(${local}) THEN ${asUtc(sql`(${local} - ${offset})`)} ELSE ${asUtc(local)} END`
  }
  const hold = (value: Sql, layer: number): Sql => layers.hold({ value, layer }).value
  const [before, after] = [hold(by('- to_days(1)'), 1), hold(by('+ to_days(1)'), 1)]
  // On nearly all days both offsets are the same one, and nothing has to be looked at.
  const shows = (instant: Sql): Sql =>
    sql`CASE WHEN ${before} <> ${after} THEN timezone(${zone}, ${instant}) = ${local} ELSE ${before} IS NOT NULL END`
  const [first, second] = [hold(shows(before), 2), hold(shows(after), 2)]
  return {
    before,
    after,
    first,
    twice: sql`(${before} <> ${after} AND ${first} AND ${second}) IS TRUE`,
    never: sql`(${before} <> ${after} AND NOT ${first} AND NOT ${second}) IS TRUE`,
  }
}

function resolve(config: TimeZoneConfig, found: Found, time: TimeColumn, zone: Sql, nodeId: string): Sql {
  const shown = sql`CAST(${time.value} AS VARCHAR)`
  const error = (what: 'ambiguous' | 'missing', says: string): Sql =>
    failure(
      `zone.${what}`,
      [what],
      ['“', shown, `” of the column “${time.column.name}” ${says} in `, zone, '.'],
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
