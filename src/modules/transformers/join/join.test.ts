import { runFixtures } from '../../kit/run-fixtures.ts'
import { join } from './implementation.ts'

runFixtures(join, new URL('./fixtures/', import.meta.url))
