import { runFixtures } from '../../kit/run-fixtures.ts'
import { union } from './implementation.ts'

runFixtures(union, new URL('./fixtures/', import.meta.url))
