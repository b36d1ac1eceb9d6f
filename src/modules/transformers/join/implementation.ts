import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { booleanProbe, hasSubquery } from '../../kit/condition.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { expression, type Parameters } from '../../kit/expression.ts'
import { failure } from '../../kit/failure.ts'
import { atField } from '../../kit/fields.ts'
import { requireInput, sameName } from '../../kit/inputs.ts'
import { equalKeys, type KeyPair, LEFT, nameRightColumns, of, RIGHT, resolveKeys } from '../../kit/sides.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type JoinConfig, joinDescriptor } from './descriptor.ts'
import { quoteSides } from './quote-sides.ts'

export const join: RelationModule<typeof joinDescriptor, undefined> = {
  kind: 'relation',
  descriptor: joinDescriptor,
  blocking: true,
  compile: ({ nodeId, config, inputs, parameters }) => {
    const left = requireInput(inputs, 'left')
    const right = requireInput(inputs, 'right')
    if (config.kind === 'cross') return crossJoin(config, left, right)
    const keys = joinKeys(config, left, right)
    const free = freeCondition(config, parameters)
    const on = matchCondition(config, keys, free)
    const guard = relationshipGuard(nodeId, config, keys, left, right)
    const anti = (kept: Sql, keptFrom: InputRelation, other: Sql, otherFrom: InputRelation): Sql =>
      sql`SELECT ${kept}.* FROM ${keptFrom.name} AS ${kept} ANTI JOIN ${otherFrom.name} AS ${other} ON ${on}`
    const leftRest = anti(LEFT, left, RIGHT, right)
    const rightRest = anti(RIGHT, right, LEFT, left)
    return {
      match: matched(config, keys, left, right, on, free, guard, leftRest),
      left_rest: leftRest,
      right_rest: rightRest,
    }
  },
}

function matched(
  config: JoinConfig,
  keys: readonly KeyPair[],
  left: InputRelation,
  right: InputRelation,
  on: Sql,
  free: Sql | undefined,
  guard: Sql | undefined,
  leftRest: Sql,
): Sql {
  const where = guard ? sql` WHERE ${guard}` : raw('')
  const from = sql`${left.name} AS ${LEFT} ${raw(config.kind.toUpperCase())} JOIN ${right.name} AS ${RIGHT} ON ${on}`
  switch (config.kind) {
    case 'semi':
      return sql`SELECT ${LEFT}.* FROM ${from}${where}`
    case 'anti':
      return guard ? sql`SELECT * FROM (${leftRest}) AS rest${where}` : leftRest
    default: {
      // Not in ON, where it would turn a hash join into a nested loop.
      const probe = free && !hasSubquery(free.text) ? [booleanProbe(free)] : []
      const tests = guard ? [guard, ...probe] : probe
      const all = tests.length > 0 ? sql` WHERE ${joinSql(tests, ' AND ')}` : raw('')
      return sql`SELECT ${outputColumns(config, keys, left, right)} FROM ${from}${all}`
    }
  }
}

function crossJoin(config: JoinConfig, left: InputRelation, right: InputRelation): Record<string, Sql> {
  const alone = (kept: InputRelation, other: InputRelation): Sql =>
    sql`SELECT * FROM ${kept.name} AS kept WHERE NOT EXISTS (SELECT 1 FROM ${other.name} AS other)`
  return {
    match: sql`SELECT ${outputColumns(config, [], left, right)} FROM ${left.name} AS ${LEFT} CROSS JOIN ${right.name} AS ${RIGHT}`,
    left_rest: alone(left, right),
    right_rest: alone(right, left),
  }
}

function joinKeys(config: JoinConfig, left: InputRelation, right: InputRelation): KeyPair[] {
  const keys = resolveKeys(config.keys, left, right)
  if (keys.length === 0 && !config.condition?.trim())
    throw userError('join.no-key', 'Nothing says which rows match.', {
      field: ['keys'],
      hint: 'Add a pair of columns, or choose “Every pair”.',
    })
  return keys
}

function freeCondition(config: JoinConfig, parameters: Parameters): Sql | undefined {
  const text = config.condition
  return text?.trim() ? atField(['condition'], () => quoteSides(expression(text, parameters))) : undefined
}

function matchCondition(config: JoinConfig, keys: readonly KeyPair[], free: Sql | undefined): Sql {
  const parts = equalKeys(keys, config.null_equal)
  return joinSql(free ? [...parts, free] : parts, ' AND ')
}

/** Left columns, then the right ones: a key of one name comes once. */
function outputColumns(config: JoinConfig, keys: readonly KeyPair[], left: InputRelation, right: InputRelation): Sql {
  const merged = keys.filter((key) => sameName(key.left.name, key.right.name))
  const outputs = left.columns.map((column) => {
    const key = merged.find((each) => each.left === column)
    const needsBoth = key && (config.kind === 'right' || config.kind === 'full')
    const value = needsBoth ? sql`coalesce(${of(LEFT, key.left)}, ${of(RIGHT, key.right)})` : of(LEFT, column)
    return sql`${value} AS ${identifier(column.name)}`
  })
  for (const { column, name } of nameRightColumns(config, keys, left, right))
    outputs.push(sql`${of(RIGHT, column)} AS ${identifier(name)}`)
  return joinSql(outputs)
}

/** TRUE, worked out once before the join; or an error that shows a key that comes twice on a side where it must not. */
function relationshipGuard(
  nodeId: string,
  config: JoinConfig,
  keys: readonly KeyPair[],
  left: InputRelation,
  right: InputRelation,
): Sql | undefined {
  if (config.relationship === 'any') return undefined
  if (keys.length === 0)
    throw userError('join.no-key', 'What to expect of the keys can only be said where there are keys.', {
      field: ['relationship'],
    })
  const checks: Sql[] = []
  if (config.relationship !== 'one_to_many')
    checks.push(
      uniqueKeys(
        nodeId,
        'right',
        right,
        keys.map((key) => key.right),
        config,
      ),
    )
  if (config.relationship !== 'many_to_one')
    checks.push(
      uniqueKeys(
        nodeId,
        'left',
        left,
        keys.map((key) => key.left),
        config,
      ),
    )
  return joinSql(checks, ' AND ')
}

function uniqueKeys(
  nodeId: string,
  side: 'left' | 'right',
  input: InputRelation,
  columns: readonly Column[],
  config: JoinConfig,
): Sql {
  const names = columns.map((column) => identifier(column.name))
  // Empty keys match nothing, so that any number of them is harmless.
  const relevant = config.null_equal
    ? raw('')
    : sql` WHERE ${joinSql(
        names.map((name) => sql`${name} IS NOT NULL`),
        ' AND ',
      )}`
  const shown = joinSql(
    names.map((name) => sql`coalesce(CAST(${name} AS VARCHAR), 'NULL')`),
    ` || ', ' || `,
  )
  const error = failure(
    'join.relationship',
    ['relationship'],
    [
      `On the ${side} side the key ${columns.map((column) => `“${column.name}”`).join(', ')} comes more than once, for example: `,
      shown,
    ],
    `Deduplicate the ${side} side first, or expect anything.`,
    nodeId,
  )
  const twice = sql`SELECT ${joinSql(names)} FROM ${input.name} AS side${relevant} GROUP BY ALL HAVING count(*) > 1 LIMIT 1`
  return sql`coalesce((SELECT ${error} FROM (${twice}) AS twice), TRUE)`
}
