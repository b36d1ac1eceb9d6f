/**
 * DuckDB's bound plan as `json_serialize_plan` gives it: names are resolved, stars expanded, subqueries turned into joins. Everything
 * is optional, since the format is DuckDB's own and may change: what is not as expected makes the lineage `unknown`, never wrong.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }
export type JsonObject = { readonly [key: string]: Json | undefined }

export interface Operator extends JsonObject {
  readonly type: string
}

/** The plan is not of a form that the walk knows. */
export class UnknownPlan extends Error {}

export function operator(value: Json | undefined): Operator {
  if (!isObject(value) || typeof value.type !== 'string') throw new UnknownPlan('not an operator')
  return value as Operator
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
export const objectsOf = (value: Json | undefined): readonly JsonObject[] => listOf(value).filter(isObject)

export function numberOf(value: Json | undefined, what: string): number {
  if (typeof value !== 'number') throw new UnknownPlan(`${what} is no number`)
  return value
}

/** `INTEGER`, `STRUCT`, …: enough to notice a column that was taken for another. */
export const typeOf = (value: Json | undefined): string | undefined =>
  isObject(value) && typeof value.id === 'string' ? value.id : undefined

/** @throws UnknownPlan when there is no single plan, with what DuckDB said */
export function readPlan(text: string): Operator {
  const answer = JSON.parse(text) as Json
  if (!isObject(answer) || answer.error !== false) {
    const message = isObject(answer) ? answer.error_message : undefined
    throw new UnknownPlan(typeof message === 'string' ? message : 'no plan')
  }
  const plans = listOf(answer.plans)
  if (plans.length !== 1) throw new UnknownPlan(`${plans.length} plans`)
  return operator(plans[0])
}
