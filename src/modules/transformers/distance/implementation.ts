import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { type AddedColumn, withColumns } from '../../kit/add-columns.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, integerType, isFloat } from '../../kit/types.ts'
import { distanceDescriptor } from './descriptor.ts'
import { bearing, ellipsoid, type Hold, type Points, sphere } from './geodesy.ts'

const SIDES = ['from_y', 'from_x', 'to_y', 'to_x'] as const
const METRES: Readonly<Record<string, number>> = { km: 1000, m: 1, mi: 1609.344, nmi: 1852, ft: 0.3048 }

export const distance: RelationModule<typeof distanceDescriptor, undefined> = {
  kind: 'relation',
  descriptor: distanceDescriptor,
  splitsRows: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const isGeo = config.method === 'ellipsoid' || config.method === 'sphere'
    const columns = SIDES.map((side) => ({ side, column: numberColumn(input.columns, config[side], side) }))
    const value = (index: number): Sql => sql`CAST(${identifier(columns[index]?.column.name ?? '')} AS DOUBLE)`
    const points: Points = { y1: value(0), x1: value(1), y2: value(2), x2: value(3) }
    const faults = columns.map(({ side, column }, index) => {
      const range = !isGeo ? undefined : side.endsWith('y') ? '-90 AND 90' : '-180 AND 360'
      const test = range ? sql`NOT ${value(index)} BETWEEN ${raw(range)}` : sql`NOT isfinite(${value(index)})`
      const what = range ? (side.endsWith('y') ? 'a latitude' : 'a longitude') : 'a coordinate'
      return { side, column, test: sql`(${identifier(column.name)} IS NOT NULL AND (${test}))`, what }
    })
    const anyFault = sql`(${joinSql(
      faults.map(({ test }) => test),
      ' OR ',
    )})`
    const fault = (of: (fault: (typeof faults)[number]) => Sql): Sql =>
      sql`CASE ${joinSql(
        faults.map((each) => sql`WHEN ${each.test} THEN ${of(each)}`),
        ' ',
      )} END`
    const shown = (column: Column): Sql => sql`CAST(${identifier(column.name)} AS VARCHAR)`
    const guarded = (result: Sql): Sql => {
      if (config.on_error === 'reject') return result
      if (config.on_error === 'null') return sql`CASE WHEN NOT ${anyFault} THEN ${result} END`
      const errors = faults.map(({ side, column, test, what }) => {
        const message = ['“', shown(column), `” of the column “${column.name}” is not ${what}.`]
        return sql`WHEN ${test} THEN ${failure('distance.coordinate', [side], message, 'Leave such rows empty, or reject them.', nodeId)}`
      })
      return sql`CASE ${joinSql(errors, ' ')} ELSE ${result} END`
    }
    const absent = sql`(${joinSql(
      columns.map(({ column }) => sql`${identifier(column.name)} IS NULL`),
      ' OR ',
    )})`
    const layers = new Layers(input)
    // A helper is worked out before the coordinates are judged, and the sine of infinity is an error.
    const hold: Hold = (value, layer) =>
      layers.hold({ value: sql`CASE WHEN NOT ${anyFault} THEN ${value} END`, layer }).value
    const added: AddedColumn[] = [
      {
        name: config.name,
        value: guarded(sql`CASE WHEN NOT ${absent} THEN ${between(config, points, hold)} END`),
        field: ['name'],
      },
    ]
    if (config.bearing_name !== undefined) {
      if (!isGeo)
        throw userError('distance.bearing', 'Plain coordinates have no direction from north.', {
          field: ['bearing_name'],
          hint: 'Leave it out, or choose a distance over the Earth.',
        })
      added.push({ name: config.bearing_name, value: guarded(bearing(points)), field: ['bearing_name'] })
    }
    const rejects = config.on_error === 'reject'
    const [columnName, reasonName] = ['_column', '_reason'].map((name) => identifier(freeName(name, input.columns)))
    const reason = fault(({ column, what }) => sql`concat('“', ${shown(column)}, ${`” is not ${what}`})`)
    return {
      out: sql`SELECT ${withColumns(input.columns, added, layers.names)} FROM ${layers.from}${rejects ? sql` WHERE NOT coalesce(${anyFault}, FALSE)` : raw('')}`,
      reject: sql`SELECT *, ${fault(({ column }) => literal(column.name))} AS ${columnName ?? raw('c')}, ${reason} AS ${reasonName ?? raw('r')} FROM ${input.name} WHERE ${rejects ? anyFault : raw('FALSE')}`,
    }
  },
}

function numberColumn(columns: readonly Column[], name: string, field: string): Column {
  const column = requireColumn(columns, name, [field])
  const type = columnType(column.type)
  if (integerType(type) || type.kind === 'decimal' || isFloat(type)) return column
  throw userError('distance.type', `“${column.name}” is ${column.type}; a coordinate is a number.`, {
    field: [field],
    hint: 'Convert it to DOUBLE first.',
  })
}

function between({ method, unit }: { method: string; unit: string }, points: Points, hold: Hold): Sql {
  const { x1, y1, x2, y2 } = points
  const size = raw(`CAST('${METRES[unit] ?? 1}' AS DOUBLE)`)
  if (method === 'straight') return sql`sqrt(power(${x2} - ${x1}, 2) + power(${y2} - ${y1}, 2))`
  if (method === 'manhattan') return sql`(abs(${x2} - ${x1}) + abs(${y2} - ${y1}))`
  return sql`(${method === 'sphere' ? sphere(points) : ellipsoid(points, hold)} / ${size})`
}
