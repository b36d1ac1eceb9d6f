import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { bin } from './implementation.ts'

runFixtures(bin, new URL('./fixtures/', import.meta.url))
runFixtures(bin, new URL('./fixtures/', import.meta.url), { columnar: true })
const isNumber = (type: string) => /INT|DECIMAL|DOUBLE/.test(type) && !type.includes('[') && !type.includes('(a')
for (const method of ['equal_width', 'equal_count', 'size', 'tile', 'deviations'])
  runHostile(bin, {
    config: ({ value, type }) => (isNumber(type) ? { column: value, name: 'made', method, width: 2 } : undefined),
    // Sorting makes 0.0 of -0.0, which is equal to it.
    untouched: ({ name, id, g, value, other }) => (name.startsWith('NaN') ? [id, g] : [id, g, value, other]),
    accountsFor: ['out'],
    refused: {
      ...(method === 'size'
        ? {
            'decimals that are all fraction': 'bin.too-precise',
            '128-bit limits': 'data.invalid',
            'decimals of 38 digits': 'data.invalid',
          }
        : {}),
      ...(method === 'deviations' ? { 'NaN and infinity': 'data.invalid' } : {}),
    },
  })
