import { isStaged, isVolatile, sourcesText, usesClock } from './compile-node.ts'
import type { Stage } from './plan-run.ts'
import type { ResolvedPipeline } from './resolve-pipeline.ts'

/** Changes whenever the engine computes or stores a result in another way. */
const ENGINE_FORMAT = 1

export interface HashSource {
  /** Of nodes that read files: which, and in what state. Nodes that are not there are in error. */
  readonly fingerprints: ReadonlyMap<string, string>
  readonly runId: string
  /** A short text that stands for a long one. */
  readonly digest: (text: string) => string
  /** A frozen clock. */
  readonly now?: string | undefined
}

/**
 * Per node, a hash of everything that its rows depend on: equal hashes are equal rows. What gives other values each time it is
 * computed (and everything below it) is only equal to itself within one run. So is what asks for the time where the clock is not
 * frozen: a run that is taken up again keeps the time at which each of its results was computed, and another run computes them anew.
 * Results of a frozen clock are equal to those of the same moment, in any run.
 */
export function contentHashes(pipeline: ResolvedPipeline, source: HashSource): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>()
  for (const node of pipeline.nodes.values()) {
    const fingerprint = source.fingerprints.get(node.id)
    const inputs = [...node.inputs].map(([port, from]) => [port, hashes.get(from.nodeId), from.port] as const)
    if (fingerprint === undefined || !node.module || inputs.some(([, hash]) => hash === undefined)) continue
    const parameters = [...node.parameters].map(([name, { type, value }]) => [name, type, value])
    const moving = source.now === undefined && usesClock(node)
    const volatile = moving || isVolatile(node) ? [source.runId] : []
    hashes.set(
      node.id,
      source.digest(
        JSON.stringify([
          ENGINE_FORMAT,
          node.type,
          node.module.descriptor.version,
          node.configText,
          fingerprint,
          parameters,
          sourcesText(node),
          inputs,
          source.now ?? null,
          volatile,
        ]),
      ),
    )
  }
  return hashes
}

/** What is staged gives all ports of its node at once: their stages have one hash. @returns undefined where a node is in error */
export function stageHash(
  pipeline: ResolvedPipeline,
  stage: Stage,
  contents: ReadonlyMap<string, string>,
  digest: (text: string) => string,
): string | undefined {
  const node = stage.kind === 'keep' ? pipeline.nodes.get(stage.ref.nodeId) : undefined
  const port = stage.kind === 'keep' && !(node && isStaged(node)) ? stage.ref.port : undefined
  const content = contents.get(stage.kind === 'keep' ? stage.ref.nodeId : stage.nodeId)
  return content && digest(JSON.stringify([stage.kind, content, port ?? '']))
}
