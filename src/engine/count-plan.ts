import { identifier, raw, type Sql } from '../modules/kit/sql.ts'
import { relationName } from './compile-node.ts'
import { type FusedQuery, type Part, selectOf, type TypedPipeline } from './fuse.ts'
import { type PortRef, portKey } from './resolve-pipeline.ts'

/** Several ports along one chain of filters and formulas, to be counted while the rows above them are read once. */
interface Chain {
  readonly base: PortRef
  /** From just below the base to the last one. */
  readonly steps: readonly Part[]
}

/** What depends on other rows, or has a FROM of its own: it would change if rows that a filter drops were still there. */
const OTHER_ROWS = /\bover\s*\(|\bselect\b|\bfrom\b|\brandom\s*\(|\buuid\s*\(|\bnextval\s*\(/i

/**
 * One query that counts all of `ports`, in this order. Ports of one chain share their scan: its filters become flags, and each
 * flag is counted. That computes the expressions below a filter for the rows that it drops as well, so it may fail where the
 * pipeline does not: `shareScans: false` then counts each port for itself.
 */
export function countQuery(
  pipeline: TypedPipeline,
  { parts }: FusedQuery,
  ports: readonly PortRef[],
  shareScans: boolean,
): Sql | undefined {
  const first = ports[0]
  if (!first) return undefined
  const byKey = new Map(parts.map((part) => [portKey(part.ref), part]))
  const open = new Map(ports.map((ref, index) => [portKey(ref), index]))
  const whole = selectOf(pipeline, parts, first).text
  const ctes = [whole.slice(0, whole.lastIndexOf('\nSELECT * FROM '))]
  const columns: { name: string; index: number }[] = []
  const sources: string[] = []

  const chains = shareScans
    ? ports.map((ref) => chainTo(pipeline, byKey, ref)).sort((a, b) => b.steps.length - a.steps.length)
    : []
  for (const [number, { base, steps }] of chains.entries()) {
    const refs = [base, ...steps.map((step) => step.ref)]
    const wanted = refs.filter((ref) => open.has(portKey(ref)))
    if (wanted.length < 2) continue
    const shared = share(base, steps, `ld$count${number}`)
    ctes.push(...shared.ctes)
    const counts = wanted.map((ref) => {
      const index = open.get(portKey(ref)) ?? 0
      open.delete(portKey(ref))
      columns.push({ name: `c${index}`, index })
      return `count(${shared.flagOf.get(portKey(ref))}) AS c${index}`
    })
    sources.push(`(SELECT ${counts.join(', ')} FROM ${shared.last})`)
  }
  for (const index of open.values()) {
    const port = ports[index]
    if (!port) continue
    columns.push({ name: `c${index}`, index })
    sources.push(`(SELECT count(*) AS c${index} FROM ${relationName(port).text})`)
  }
  const names = columns.sort((a, b) => a.index - b.index).map(({ name }) => name)
  return raw(`${ctes.join(',\n')}\nSELECT ${names.join(', ')} FROM ${sources.join(', ')}`)
}

/** The steps above a port, up to the first that is no plain filter and does not keep its rows. */
function chainTo(pipeline: TypedPipeline, parts: ReadonlyMap<string, Part>, ref: PortRef): Chain {
  const steps: Part[] = []
  let base = ref
  for (;;) {
    const part = parts.get(portKey(base))
    const above = part && parts.get(part.reads[0] ?? '')
    if (!part || !above || part.reads.length !== 1 || !isStep(pipeline, part, above)) return { base, steps }
    steps.unshift(part)
    base = above.ref
  }
}

function isStep(pipeline: TypedPipeline, part: Part, above: Part): boolean {
  const test = testOf(part, above)
  if (test !== undefined) return !OTHER_ROWS.test(test)
  const { module, outputs } = pipeline.nodes.get(part.ref.nodeId) ?? {}
  if (module?.kind !== 'relation' || !module.keepsRows || outputs?.[0] !== part.ref.port) return false
  // The SELECTs of the step itself, one inside the other, are no subqueries.
  const body = part.body.text.replaceAll(/(?:^|FROM \()SELECT \*/g, '').replaceAll(`FROM ${above.name.text}`, '')
  return part.body.text.startsWith('SELECT *') && !OTHER_ROWS.test(body)
}

/** The condition of a part that is nothing but a filter. */
function testOf(part: Part, above: Part): string | undefined {
  const head = `SELECT * FROM ${above.name.text} WHERE `
  return part.body.text.startsWith(head) ? part.body.text.slice(head.length) : undefined
}

/** The steps over rows that are all kept; a step's flag is TRUE for the rows that reach it and NULL for others, as `count` wants. */
function share(base: PortRef, steps: readonly Part[], prefix: string) {
  const ctes: string[] = []
  const flagOf = new Map([[portKey(base), 'TRUE']])
  let above = { name: relationName(base), flag: 'TRUE' }
  let original = relationName(base).text
  for (const [index, step] of steps.entries()) {
    const name = identifier(`${prefix}$${index}`)
    const test = step.body.text.startsWith(`SELECT * FROM ${original} WHERE `)
      ? step.body.text.slice(`SELECT * FROM ${original} WHERE `.length)
      : undefined
    const flag = test === undefined ? above.flag : identifier(`${prefix}$kept${index}`).text
    const body =
      test === undefined
        ? step.body.text.replaceAll(`FROM ${original}`, `FROM ${above.name.text}`)
        : `SELECT *, CASE WHEN ${above.flag} AND (${test}) THEN TRUE END AS ${flag} FROM ${above.name.text}`
    ctes.push(`${name.text} AS NOT MATERIALIZED (${body})`)
    flagOf.set(portKey(step.ref), flag)
    above = { name, flag }
    original = step.name.text
  }
  return { ctes, flagOf, last: above.name.text }
}
