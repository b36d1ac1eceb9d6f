import { runFixtures } from '../../kit/run-fixtures.ts'
import { sqliteExtract } from './implementation.ts'

runFixtures(sqliteExtract, new URL('./fixtures/', import.meta.url))
