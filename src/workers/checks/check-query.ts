import type { ResolvedNode } from '../../engine/resolve-pipeline.ts'
import type { InputRelation } from '../../modules/kit/contract.ts'
import { expression } from '../../modules/kit/expression.ts'
import { atField } from '../../modules/kit/fields.ts'
import { freeName } from '../../modules/kit/inputs.ts'
import { ruleSchema } from '../../modules/kit/rule-schema.ts'
import { testsOf } from '../../modules/kit/rule-tests.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../modules/kit/sql.ts'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { NodeCheck } from '../../shared/pipeline/checks.ts'

/** A check with its place among the checks of its node. */
export interface PlacedCheck {
  readonly check: NodeCheck
  readonly index: number
}

/** The checks of one port of a node. */
export function checksOf(node: ResolvedNode, port: string): PlacedCheck[] {
  return (node.checks ?? [])
    .map((check, index) => ({ check, index }))
    .filter(({ check }) => (check.port ?? node.outputs[0]) === port)
}

/** Ports of a node that have checks. */
export const checkedPorts = (node: ResolvedNode): string[] =>
  [...new Set((node.checks ?? []).map((check) => check.port ?? node.outputs[0] ?? ''))].filter((port) =>
    node.outputs.includes(port),
  )

/**
 * One query over the rows of a port: their number, and for each check how many rows break it and why one of them does.
 * @returns columns `rows`, then `failing` and `reason` of each check
 * @throws LogiDataError what a check lacks, by its field: `['checks', index, …]`
 */
export function checkQuery(
  node: ResolvedNode,
  rows: Sql,
  columns: readonly Column[],
  checks: readonly PlacedCheck[],
): Sql {
  const input: InputRelation = { name: rows, columns }
  const computed: { readonly name: Sql; readonly value: Sql }[] = []
  const compute = (value: Sql): Sql => {
    const known = computed.find((each) => each.value.text === value.text)
    if (known) return known.name
    const name = identifier(freeName(`_check_${computed.length + 1}`, columns))
    computed.push({ name, value })
    return name
  }
  const aggregates = checks.flatMap(({ check, index }) => aggregatesOf(check, ['checks', index], node, input, compute))
  const list = computed.map(({ name, value }) => sql`, ${value} AS ${name}`)
  return sql`SELECT count(*), ${joinSql(aggregates)} FROM (SELECT *${joinSql(list, '')} FROM ${rows})`
}

function aggregatesOf(
  check: NodeCheck,
  field: readonly (string | number)[],
  { parameters }: ResolvedNode,
  input: InputRelation,
  compute: (value: Sql) => Sql,
): [Sql, Sql] {
  const { name: _name, port: _port, severity: _severity, check: kind, ...rest } = check
  if (kind === 'rows') {
    const bound = (text: string | undefined, key: string): bigint | undefined => {
      if (text === undefined || text === '') return undefined
      if (/^\d{1,18}$/.test(text)) return BigInt(text)
      throw userError('config.invalid', `“${text}” is no number of rows.`, { field: [...field, key] })
    }
    const min = bound(check.min, 'min')
    const max = bound(check.max, 'max')
    if (min === undefined && max === undefined)
      throw userError('config.missing', 'Give a lower or an upper limit.', { field: [...field, 'min'] })
    const bounds = [
      ...(min === undefined ? [] : [sql`count(*) < ${min}`]),
      ...(max === undefined ? [] : [sql`count(*) > ${max}`]),
    ]
    return [sql`CAST(${joinSql(bounds, ' OR ')} AS BIGINT)`, sql`concat('there are ', count(*), ' rows')`]
  }
  if (kind === 'table') {
    const test = atField([...field, 'expression'], () => expression(check.expression ?? '', parameters))
    return [sql`CAST((${test}) IS NOT TRUE AS BIGINT)`, raw("'it is not true for the table'")]
  }
  const rule = ruleSchema.parse({ ...rest, check: kind })
  const tests = testsOf(rule, field, { input, others: new Map(), parameters, compute })
  const broken = joinSql(
    tests.map((test) => sql`coalesce(${test.broken}, FALSE)`),
    ' OR ',
  )
  const reasons = tests.map((test) => sql`WHEN ${test.broken} THEN ${test.reason}`)
  return [sql`count_if(${broken})`, sql`min(CASE ${joinSql(reasons, ' ')} END)`]
}
