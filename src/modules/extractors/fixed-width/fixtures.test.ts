import { runFixtures } from '../../kit/run-fixtures.ts'
import { fixedWidthExtract } from './implementation.ts'

runFixtures(fixedWidthExtract, new URL('./fixtures/', import.meta.url))
