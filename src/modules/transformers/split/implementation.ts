import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { castText, doesNotFit } from '../../kit/cast-new.ts'
import { kindOf } from '../../kit/column-selection.ts'
import type { CompiledPorts, RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { identifier, raw, type Sql, sql } from '../../kit/sql.ts'
import { orFail, passes, rejects, type Unfit } from '../../kit/unfit.ts'
import { type SplitConfig, splitDescriptor } from './descriptor.ts'
import { splitterOf, tidied } from './parts.ts'

interface Context {
  readonly config: SplitConfig
  readonly column: Column
  readonly source: Sql
  readonly layers: Layers
  readonly columns: readonly Column[]
  readonly nodeId: string
}

export const split: RelationModule<typeof splitDescriptor, undefined> = {
  kind: 'relation',
  descriptor: splitDescriptor,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    if (!config.column) throw userError('config.missing', 'Choose the column to split.', { field: ['column'] })
    const column = requireColumn(input.columns, config.column, ['column'])
    if (kindOf(column) !== 'text')
      throw userError('column.not-text', `“${column.name}” is ${column.type}, and only texts can be split.`, {
        field: ['column'],
        hint: 'Change its type to VARCHAR first; for a list, use Explode.',
      })
    const layers = new Layers(input)
    const context = { config, column, source: identifier(column.name), layers, columns: input.columns, nodeId }
    return config.into === 'columns' ? intoColumns(context) : intoRows(context)
  },
}

function unfit({ column, source }: Context, failed: Sql, why: string, field: readonly (string | number)[]): Unfit {
  return {
    column: column.name,
    failed,
    shown: source,
    why,
    code: 'split.failed',
    hint: 'Send such rows to the reject port, or leave the values empty.',
    field,
  }
}

function intoColumns(context: Context): CompiledPorts {
  const { config, column, source, layers, nodeId } = context
  const splitter = splitterOf(config)
  if (config.count_from === 'end' && (config.by === 'width' || config.by === 'groups'))
    throw userError('split.no-end', 'Only parts between separators can be counted from the right.', {
      field: ['count_from'],
    })
  const given = Math.max(config.parts.length, config.count ?? 0)
  const count = splitter.count ?? (given > 0 ? given : undefined)
  if (count === undefined)
    throw userError('config.missing', 'Say into which columns, or into how many.', { field: ['parts'] })
  if (config.parts.length > count)
    throw userError('split.too-many', `There are ${count} parts, but ${config.parts.length} new columns.`, {
      field: ['parts', count],
    })
  const state = splitter.columns(source, count, (value, layer) => layers.hold({ value, layer }).value)
  const wrong: Unfit[] = []
  if (state.noMatch) wrong.push(unfit(context, state.noMatch, 'does not match the pattern', ['pattern']))
  if (config.rest === 'error' && state.more)
    wrong.push(unfit(context, state.more, `has more than ${count} parts`, ['rest']))
  const anyWrong =
    wrong.length > 0 && config.on_error === 'null' ? wrong.map(({ failed }) => failed.text).join(' OR ') : undefined
  const unfits = [...wrong]
  const made = Array.from({ length: count }, (_, index) => {
    const name = config.parts[index]?.name ?? splitter.names?.[index] ?? `${column.name}_${index + 1}`
    const part = layers.hold({ value: tidied(state.part(index), config), layer: 3 }).value
    const cast = castText(part, config.parts[index]?.type, ['parts', index, 'type'])
    const own = cast.failed ? [unfit(context, cast.failed, doesNotFit(cast.type), ['parts', index, 'type'])] : []
    unfits.push(...own)
    const value = anyWrong === undefined ? cast.value : sql`CASE WHEN NOT (${raw(anyWrong)}) THEN ${cast.value} END`
    return { name, value: orFail(value, [...wrong, ...own], config.on_error, nodeId) }
  })
  return finish(context, made, unfits)
}

function intoRows(context: Context): CompiledPorts {
  const { config, column, source, layers, nodeId } = context
  const parts = layers.hold({ value: splitterOf(config).list(source), layer: 0 }).value
  const tidy = sql`list_transform(${parts}, lambda part: ${tidied(raw('part'), config)})`
  const counted = config.skip_empty ? sql`list_filter(${tidy}, lambda part: part IS NOT NULL AND part <> '')` : tidy
  const list = layers.hold({
    value: sql`CASE WHEN len(${counted}) > 0 THEN ${counted} ELSE [NULL] END`,
    layer: 1,
  }).value
  const part = layers.hold({ value: sql`unnest(${list})`, layer: 2 }).value
  const cast = castText(part, config.parts[0]?.type, ['parts', 0, 'type'])
  const unfits = cast.failed ? [unfit(context, cast.failed, doesNotFit(cast.type), ['parts', 0, 'type'])] : []
  const name = config.parts[0]?.name ?? (config.keep_original ? `${column.name}_1` : column.name)
  const made = [{ name, value: orFail(cast.value, unfits, config.on_error, nodeId) }]
  if (config.position) {
    // In the same SELECT as the parts, both are unnested side by side.
    const position = layers.hold({ value: sql`unnest(range(1, len(${list}) + 1))`, layer: 2 }).value
    made.push({ name: config.position, value: position })
  }
  return finish(context, made, unfits)
}

function finish(
  context: Context,
  made: readonly { name: string; value: Sql }[],
  unfits: readonly Unfit[],
): CompiledPorts {
  const { config, column, layers, columns } = context
  const inPlace = !config.keep_original && made[0]?.name === column.name
  const kept = columns.filter(({ name }) => config.keep_original || name !== column.name)
  checkDistinctNames([...kept, ...made], 'The result', ['parts'])
  const replaced = inPlace ? made.slice(0, 1) : []
  const more = made.slice(inPlace ? 1 : 0).map(({ name, value }) => sql`${value} AS ${identifier(name)}`)
  const without = config.keep_original || inPlace ? [] : [context.source]
  const rejecting = config.on_error === 'reject'
  return {
    out: sql`${layers.select(replaced, more, without)}${passes(unfits, config.on_error)}`,
    reject: rejects(
      rejecting ? layers.from : layers.input,
      columns,
      rejecting ? unfits : [],
      config.on_error,
      rejecting ? layers.names : [],
    ),
  }
}
