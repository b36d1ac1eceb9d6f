import { describe, expect, it } from 'vitest'
import { FORMAT, type PipelineDocument } from './document.ts'
import { canRedo, canUndo, emptyHistory, record, stepBack, stepForward } from './history.ts'

const named = (name: string): PipelineDocument => ({ format: FORMAT, name, nodes: {} })

describe('history', () => {
  it('goes back and forth through documents', () => {
    const [a, b, c] = [named('a'), named('b'), named('c')]
    const history = record(record(emptyHistory, a), b)
    const back = stepBack(history, c)
    expect(back?.document).toBe(b)
    expect(back && stepForward(back.history, b)?.document).toBe(c)
    expect(canUndo(emptyHistory)).toBe(false)
  })
  it('joins edits of one group into one step, and a new edit forgets what was undone', () => {
    const typing = record(record(emptyHistory, named('a'), 'name'), named('b'), 'name')
    expect(stepBack(typing, named('c'))?.document.name).toBe('a')
    const undone = stepBack(typing, named('c'))
    expect(undone && canRedo(undone.history)).toBe(true)
    expect(undone && canRedo(record(undone.history, named('a'), 'name'))).toBe(false)
    expect(undone && record(undone.history, named('a'), 'name').past).toHaveLength(1)
  })
})
