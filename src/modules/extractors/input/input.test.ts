import { runFixtures } from '../../kit/run-fixtures.ts'
import { inputExtract } from './implementation.ts'

runFixtures(inputExtract, new URL('./fixtures/', import.meta.url))
