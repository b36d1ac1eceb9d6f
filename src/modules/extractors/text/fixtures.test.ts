import { runFixtures } from '../../kit/run-fixtures.ts'
import { textExtract } from './implementation.ts'

runFixtures(textExtract, new URL('./fixtures/', import.meta.url))
