import { expect, it } from 'vitest'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { changedEnds, withEnds } from './ends.ts'

const other = (inputs: string[], outputs: string[]): PipelineDocument => ({
  format: 'logidata/v1',
  name: 'Other',
  parameters: { country: { type: 'text' } },
  nodes: Object.fromEntries([
    ...inputs.map((name) => [name, { type: 'extract.input' }]),
    ...outputs.map((name) => [name, { type: 'transform.output' }]),
  ]),
})
const list = (...names: string[]) => names.map((name) => ({ name }))

it('takes the ends of the file that was chosen', () => {
  expect(withEnds({ path: 'x', inputs: [], outputs: [] }, other(['a', 'b'], ['out']))).toEqual({
    path: 'x',
    inputs: list('a', 'b'),
    outputs: list('out'),
  })
})

it('keeps the order of those that stay, and the places of those that got another name', () => {
  const config = { inputs: list('b', 'a'), outputs: list('x', 'old') }
  expect(changedEnds(config, other(['a', 'b'], ['new', 'x']))).toEqual({ gone: ['old'], added: ['new'] })
  expect(withEnds(config, other(['a', 'b'], ['new', 'x']))).toEqual({
    inputs: list('b', 'a'),
    outputs: list('x', 'new'),
  })
  expect(withEnds(config, other(['a'], ['x', 'y', 'z']))).toEqual({ inputs: list('a'), outputs: list('x', 'y', 'z') })
})

it('leaves out values of parameters that are gone', () => {
  const parameters = [
    { name: 'country', value: 'FR' },
    { name: 'gone', value: '1' },
  ]
  expect(withEnds({ parameters }, other([], [])).parameters).toEqual([{ name: 'country', value: 'FR' }])
})
