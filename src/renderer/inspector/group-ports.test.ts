import { expect, it } from 'vitest'
import { groupPorts } from './group-ports.ts'

const port = (name: string) => ({ name, title: { en: name, fr: name }, reject: false })
const columns = (...names: string[]) => names.map((name) => ({ name, type: 'VARCHAR', nullable: true }))

it('puts ports of the same columns together, in the order of the ports', () => {
  const groups = groupPorts([port('match'), port('reject'), port('rest'), port('other')], {
    match: columns('a', 'b'),
    rest: columns('a', 'b'),
    reject: columns('a'),
    other: columns('b', 'a'),
  })
  expect(groups.map(({ ports }) => ports.map(({ name }) => name))).toEqual([['match', 'rest'], ['reject'], ['other']])
})

it('keeps ports of unknown columns apart from those that have none', () => {
  expect(groupPorts([port('a'), port('b')], { a: [] })).toHaveLength(2)
})
