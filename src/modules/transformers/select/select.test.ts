import { runFixtures } from '../../kit/run-fixtures.ts'
import { select } from './implementation.ts'

runFixtures(select, new URL('./fixtures/', import.meta.url))
