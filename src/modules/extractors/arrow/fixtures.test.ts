import { runFixtures } from '../../kit/run-fixtures.ts'
import { arrowExtract } from './implementation.ts'

runFixtures(arrowExtract, new URL('./fixtures/', import.meta.url))
