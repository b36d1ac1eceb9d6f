import { runFixtures } from '../../kit/run-fixtures.ts'
import { inlineExtract } from './implementation.ts'

runFixtures(inlineExtract, new URL('./fixtures/', import.meta.url))
