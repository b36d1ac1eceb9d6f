import { runFixtures } from '../../kit/run-fixtures.ts'
import { jsonExtract } from './implementation.ts'

runFixtures(jsonExtract, new URL('./fixtures/', import.meta.url))
