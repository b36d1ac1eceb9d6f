import { runFixtures } from '../../kit/run-fixtures.ts'
import { sqlStep } from './implementation.ts'

runFixtures(sqlStep, new URL('./fixtures/', import.meta.url))
