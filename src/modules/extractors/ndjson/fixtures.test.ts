import { runFixtures } from '../../kit/run-fixtures.ts'
import { ndjsonExtract } from './implementation.ts'

runFixtures(ndjsonExtract, new URL('./fixtures/', import.meta.url))
