import type { JsonValue, PipelineDocument } from '../../shared/pipeline/document.ts'
import { endsOf } from '../../shared/pipeline/sub-pipeline.ts'

type Config = Readonly<Record<string, JsonValue>>

export interface ChangedEnds {
  readonly gone: readonly string[]
  readonly added: readonly string[]
}

/** Names of the items of a list, as its file has them. */
export const namesOf = (list: JsonValue | undefined): string[] =>
  (Array.isArray(list) ? list : []).flatMap((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) && typeof item.name === 'string'
      ? [item.name]
      : [],
  )

/** How the ports that a step relies on differ from the ends that the other pipeline has. */
export function changedEnds(config: Config, other: PipelineDocument): ChangedEnds {
  const { inputs, outputs } = endsOf(other)
  const pairs = [
    [namesOf(config.inputs), inputs],
    [namesOf(config.outputs), outputs],
  ] as const
  return {
    gone: pairs.flatMap(([mine, there]) => mine.filter((name) => !there.includes(name))),
    added: pairs.flatMap(([mine, there]) => there.filter((name) => !mine.includes(name))),
  }
}

/**
 * The config with the ends of the other pipeline as its ports. Those that stay keep their places; where as many came as went, each
 * new one takes the place of an old one, so that what reads it goes on reading. Values of parameters that are gone are left out.
 */
export function withEnds(config: Config, other: PipelineDocument): Record<string, JsonValue> {
  const { inputs, outputs } = endsOf(other)
  const given = Array.isArray(config.parameters) ? config.parameters : []
  const declared = Object.keys(other.parameters ?? {})
  const kept = given.filter((item) => namesOf([item]).some((name) => declared.includes(name)))
  const { parameters: _, ...rest } = config
  return {
    ...rest,
    inputs: merged(namesOf(config.inputs), inputs).map((name) => ({ name })),
    outputs: merged(namesOf(config.outputs), outputs).map((name) => ({ name })),
    ...(kept.length > 0 ? { parameters: kept } : {}),
  }
}

function merged(mine: readonly string[], there: readonly string[]): string[] {
  const added = there.filter((name) => !mine.includes(name))
  const gone = mine.filter((name) => !there.includes(name))
  if (added.length === gone.length && gone.length > 0)
    return mine.map((name) => (there.includes(name) ? name : (added[gone.indexOf(name)] ?? name)))
  return [...mine.filter((name) => there.includes(name)), ...added]
}
