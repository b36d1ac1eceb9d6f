import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import type { FormMeta, Text } from '../../shared/modules/descriptor.ts'
import { failure } from './failure.ts'
import type { FieldPath } from './fields.ts'
import { form, option } from './form.ts'
import { freeName } from './inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from './sql.ts'

const onErrorSchema = z.enum(['fail', 'null', 'reject'])
/** What happens to a value that a step cannot convert. */
export type OnError = z.output<typeof onErrorSchema>

/** The setting of a config for it. */
export function onErrorField(title: Text, more: Pick<FormMeta, 'advanced' | 'visibleWhen'> = {}) {
  return onErrorSchema.default('fail').meta(
    form(title.en, title.fr, {
      options: [
        option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
        option('null', 'Leave it empty', 'La laisser vide'),
        option('reject', 'Send the row to “reject”', 'Envoyer la ligne vers « reject »'),
      ],
      ...more,
    }),
  )
}

/** Values of one column that a step cannot convert: which, and what to say of them. */
export interface Unfit {
  readonly column: string
  /** True or false for every row, never NULL. */
  readonly failed: Sql
  /** The value as text. */
  readonly shown: Sql
  /** After the value, in the reject port: `does not fit INTEGER`. */
  readonly why: string
  /** After the value and its column, in the error; `why` unless given. */
  readonly whyFailed?: string
  readonly code: string
  readonly hint: string
  readonly field: FieldPath
}

const MAX_SHOWN = 80

/** `value`, or the error that ends the run when one of the values is unfit and `onError` says so. */
export function orFail(value: Sql, unfits: readonly Unfit[], onError: OnError, nodeId: string): Sql {
  if (onError !== 'fail' || unfits.length === 0) return value
  const cases = unfits.map((unfit) => {
    const why = ` of the column “${unfit.column}” ${unfit.whyFailed ?? unfit.why}.`
    const message = ['“', sql`left(${unfit.shown}, ${MAX_SHOWN})`, `”${why}`]
    return sql`WHEN ${unfit.failed} THEN ${failure(unfit.code, unfit.field, message, unfit.hint, nodeId)}`
  })
  return sql`CASE ${joinSql(cases, ' ')} ELSE ${value} END`
}

/** The condition of the rows that pass, with its WHERE, or nothing when all do. */
export function passes(unfits: readonly Unfit[], onError: OnError): Sql {
  return onError === 'reject' && unfits.length > 0 ? sql` WHERE NOT (${anyFailed(unfits)})` : raw('')
}

/**
 * The reject port: the original rows that do not fit, with the first column at fault and what is wrong with it.
 * @param source what stands after FROM
 * @param without names of columns of `source` that are not of the input
 */
export function rejects(
  source: Sql,
  columns: readonly Column[],
  unfits: readonly Unfit[],
  onError: OnError,
  without: readonly Sql[] = [],
): Sql {
  const exclude = without.length > 0 ? sql` EXCLUDE (${joinSql(without)})` : raw('')
  const column = first(unfits, (unfit) => literal(unfit.column))
  const reason = first(unfits, (unfit) => sql`concat('“', left(${unfit.shown}, ${MAX_SHOWN}), ${`” ${unfit.why}`})`)
  const where = onError === 'reject' ? anyFailed(unfits) : raw('FALSE')
  return sql`SELECT *${exclude}, ${column} AS ${identifier(freeName('_column', columns))}, ${reason} AS ${identifier(freeName('_reason', columns))} FROM ${source} WHERE ${where}`
}

function first(unfits: readonly Unfit[], value: (unfit: Unfit) => Sql): Sql {
  if (unfits.length === 0) return raw('CAST(NULL AS VARCHAR)')
  return sql`CASE ${joinSql(
    unfits.map((unfit) => sql`WHEN ${unfit.failed} THEN ${value(unfit)}`),
    ' ',
  )} END`
}

function anyFailed(unfits: readonly Unfit[]): Sql {
  if (unfits.length === 0) return raw('FALSE')
  return joinSql(
    unfits.map(({ failed }) => sql`(${failed})`),
    ' OR ',
  )
}
