import { runHostile } from '../../kit/hostile.ts'
import { outputStep } from './implementation.ts'

runHostile(outputStep, {
  config: () => ({}),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})
