import { runLoadFixtures } from '../../kit/run-load-fixtures.ts'
import { fixedWidthLoad } from './implementation.ts'

runLoadFixtures(fixedWidthLoad, new URL('./fixtures/', import.meta.url))
