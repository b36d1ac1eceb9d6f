/** What is at work, by node. */
export type Turns = Map<string, Promise<unknown>>

/**
 * One after the other: the ports of a node are stages of their own, and whichever comes first computes all of them. The others find
 * what it staged, or compute it where that failed.
 */
export function inTurn<T>(turns: Turns, nodeId: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(nodeId) ?? Promise.resolve()
  const mine = before.then(work, work)
  turns.set(nodeId, mine)
  return mine
}
