import { runFixtures } from '../../kit/run-fixtures.ts'
import { xmlExtract } from './implementation.ts'

runFixtures(xmlExtract, new URL('./fixtures/', import.meta.url))
