import type { Column } from '../../../shared/engine/types.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { identifier, type Sql, sql } from '../../kit/sql.ts'
import { trimmed } from '../../kit/text-sql.ts'
import { columnType, type SqlType } from '../../kit/types.ts'
import { orFail, passes, rejects, type Unfit } from '../../kit/unfit.ts'
import { type CleanStep, cleanDescriptor } from './descriptor.ts'
import { operate } from './operations.ts'

interface State {
  readonly source: Column
  value: Sql
  layer: number
  type: SqlType
}

export const clean: RelationModule<typeof cleanDescriptor, undefined> = {
  kind: 'relation',
  descriptor: cleanDescriptor,
  splitsRows: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const layers = new Layers(input)
    const unfits: Unfit[] = []
    const states = new Map<string, State>()
    config.steps.forEach((step, index) => {
      for (const source of selectColumns(step, input.columns, ['steps', index])) {
        const state = states.get(source.name) ?? stateOf(source)
        states.set(source.name, state)
        const own = applyStep(state, step, index, layers)
        unfits.push(...own)
        state.value = orFail(state.value, own, config.on_error, nodeId)
      }
    })
    const replaced = [...states.values()].map(({ source, value }) => ({ name: source.name, value }))
    return ports(input, layers, replaced, unfits, config.on_error)
  },
}

function ports(
  input: InputRelation,
  layers: Layers,
  replaced: readonly { name: string; value: Sql }[],
  unfits: readonly Unfit[],
  onError: 'fail' | 'null' | 'reject',
) {
  return {
    out: sql`${layers.select(replaced)}${passes(unfits, onError)}`,
    reject: rejects(
      onError === 'reject' ? layers.from : input.name,
      input.columns,
      onError === 'reject' ? unfits : [],
      onError,
      onError === 'reject' ? layers.names : [],
    ),
  }
}

const stateOf = (source: Column): State => ({
  source,
  value: identifier(source.name),
  layer: 0,
  type: columnType(source.type),
})

function applyStep(state: State, step: CleanStep, index: number, layers: Layers): Unfit[] {
  const field = ['steps', index]
  const { source } = state
  const operation = operate(step, state.type, source, field)
  if (!operation.several) {
    state.value = operation.value(state.value, (value) => value)
    return []
  }
  const held = layers.hold(state)
  let { layer } = held
  const hold = (value: Sql): Sql => {
    const next = layers.hold({ value, layer })
    layer = next.layer
    return next.value
  }
  state.value = hold(operation.value(held.value, hold))
  state.layer = layer
  state.type = operation.type ?? state.type
  const { why } = operation
  if (why === undefined) return []
  // What is empty says nothing, and so cannot say anything wrong.
  const empty = sql`coalesce(${trimmed(sql`CAST(${held.value} AS VARCHAR)`)}, '') = ''`
  return [
    {
      column: source.name,
      failed: sql`${state.value} IS NULL AND NOT (${empty})`,
      shown: sql`CAST(${identifier(source.name)} AS VARCHAR)`,
      why,
      code: 'value.unreadable',
      hint: 'Send such rows to the reject port, or leave the values empty.',
      field,
    },
  ]
}
