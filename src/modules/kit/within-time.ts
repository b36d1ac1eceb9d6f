import { createContext, Script } from 'node:vm'

/** Nobody waits longer for one item; a cancel is noticed between two calls. */
const PATIENCE_MS = 1000

/** The name under which the script finds the work of the moment. */
const slot: { work: () => void } = { work: () => undefined }
const context = createContext(slot)
const script = new Script('work()')

/**
 * What `work` gives for every item, in order. A regular expression of a person may backtrack for longer than the universe has been
 * there, and nothing else interrupts one: V8 ends what runs in a script beyond its time, and looks at the clock while it backtracks.
 * @param patience milliseconds for one item
 * @returns the results; fewer than there are items, where the next one took longer
 * @throws what `work` throws
 */
export function mapWithinTime<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Result,
  patience = PATIENCE_MS,
): Result[] {
  const results: Result[] = []
  const goOn = (): void => {
    while (results.length < items.length) results.push(work(items[results.length] as Item))
  }
  while (results.length < items.length) {
    const before = results.length
    slot.work = goOn
    try {
      script.runInContext(context, { timeout: patience })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      // The time was that of all items together: this one gets it for itself.
      if (results.length === before) return results
    } finally {
      slot.work = () => undefined
    }
  }
  return results
}
