import { runFixtures } from '../../kit/run-fixtures.ts'
import { parquetExtract } from './implementation.ts'

runFixtures(parquetExtract, new URL('./fixtures/', import.meta.url))
