import { runFixtures } from '../../kit/run-fixtures.ts'
import { limit } from './implementation.ts'

runFixtures(limit, new URL('./fixtures/', import.meta.url))
