import { runFixtures } from '../../kit/run-fixtures.ts'
import { filter } from './implementation.ts'

runFixtures(filter, new URL('./fixtures/', import.meta.url))
