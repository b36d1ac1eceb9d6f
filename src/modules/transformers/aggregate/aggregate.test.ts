import { runFixtures } from '../../kit/run-fixtures.ts'
import { aggregate } from './implementation.ts'

runFixtures(aggregate, new URL('./fixtures/', import.meta.url))
