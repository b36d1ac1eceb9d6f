import { runFixtures } from '../../kit/run-fixtures.ts'
import { duckdbExtract } from './implementation.ts'

runFixtures(duckdbExtract, new URL('./fixtures/', import.meta.url))
