import { runFixtures } from '../../kit/run-fixtures.ts'
import { formula } from './implementation.ts'

runFixtures(formula, new URL('./fixtures/', import.meta.url))
