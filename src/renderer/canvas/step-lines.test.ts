import { describe, expect, it } from 'vitest'
import { type ModuleInfo, moduleInfoSchema } from '../../shared/modules/descriptor.ts'
import { searchSteps } from './search-steps.ts'
import { stepLines } from './step-lines.ts'

const step = (type: string, family: string, en: string, fr: string, keywords: string[] = []): ModuleInfo =>
  moduleInfoSchema.parse({
    type,
    version: 1,
    family,
    title: { en, fr },
    summary: { en: `Summary of ${en}`, fr: `Résumé de ${fr}` },
    documentation: { en, fr },
    icon: 'x',
    keywords,
    inputs: [],
    outputs: [],
    fields: [],
    configSchema: {},
    defaultConfig: {},
    example: {},
  })

const steps = [
  step('extract.csv', 'extract', 'CSV', 'CSV', ['delimited']),
  step('transform.fill_missing', 'clean', 'Fill missing values', 'Combler les vides', ['impute']),
  step('transform.lookup', 'combine', 'Look up', 'Rechercher', ['VLOOKUP', 'recherche verticale']),
  step('transform.join', 'combine', 'Join', 'Joindre', []),
  step('load.csv', 'load', 'CSV', 'CSV', []),
]
const types = (query: string) => searchSteps(steps, query).map(({ info }) => info.type)

describe('a search for a step', () => {
  it('finds by either language, without accents, from the start of any word of the title', () => {
    expect(types('joindre')).toEqual(['transform.join'])
    expect(types('missing')).toEqual(['transform.fill_missing'])
    expect(types('csv')).toEqual(['extract.csv', 'load.csv'])
  })

  it('finds by what other tools call it, and says so', () => {
    expect(searchSteps(steps, 'vlook')).toMatchObject([{ info: { type: 'transform.lookup' }, keyword: 'VLOOKUP' }])
  })

  it('takes several words from anywhere, and forgives a slip where nothing else answers', () => {
    expect(types('load csv')).toEqual(['load.csv'])
    expect(types('impuet')).toEqual(['transform.fill_missing'])
    expect(types('jion')).toEqual(['transform.join'])
    expect(types('zzzz')).toEqual([])
  })
})

describe('the lines of the palette', () => {
  const lines = (more: Partial<Parameters<typeof stepLines>[0]>) =>
    stepLines({ steps, query: '', recent: [], closed: new Set(), foldable: true, ...more }).map((line) => line.key)

  it('go by family, of which the closed ones show their head only', () => {
    expect(lines({ closed: new Set(['combine', 'clean']) })).toEqual([
      'extract',
      'extract.csv',
      'clean',
      'combine',
      'load',
      'load.csv',
    ])
  })

  it('begin with what was used last, where that still is', () => {
    expect(lines({ recent: ['load.csv', 'transform.gone'] }).slice(0, 3)).toEqual([
      'recent',
      'recent.load.csv',
      'extract',
    ])
    expect(lines({ recent: ['load.csv'], query: 'join' })).toEqual(['transform.join'])
  })

  it('tell two steps of one name apart', () => {
    const [, recent] = stepLines({ steps, query: '', recent: ['load.csv'], closed: new Set(), foldable: true })
    expect(recent).toMatchObject({ more: 'family' })
  })
})
