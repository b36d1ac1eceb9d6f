import { runLoadFixtures } from '../../kit/run-load-fixtures.ts'
import { textLoad } from './implementation.ts'

runLoadFixtures(textLoad, new URL('./fixtures/', import.meta.url))
