import { runFixtures } from '../../kit/run-fixtures.ts'
import { csvExtract } from './implementation.ts'

runFixtures(csvExtract, new URL('./fixtures/', import.meta.url))
