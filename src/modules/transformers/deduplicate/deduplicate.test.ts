import { runFixtures } from '../../kit/run-fixtures.ts'
import { deduplicate } from './implementation.ts'

runFixtures(deduplicate, new URL('./fixtures/', import.meta.url))
