import { runFixtures } from '../../kit/run-fixtures.ts'
import { sort } from './implementation.ts'

runFixtures(sort, new URL('./fixtures/', import.meta.url))
