import { describe, expect, it } from 'vitest'
import { LogiDataError } from '../errors.ts'
import { environmentNames, resolvePlaceholders } from './placeholders.ts'

// The texts are the syntax under test.
const env = (name: string) => `\${env:${name}}`

describe('placeholders', () => {
  const config = {
    path: `${env('ROOT')}/in-${env('DAY')}.csv`,
    list: [{ a: env('DAY'), n: 1, b: null }],
    plain: '$x {y}',
  }

  it('are replaced in every text, once, and not in what they brought', () => {
    expect(resolvePlaceholders(config, { ROOT: env('DAY'), DAY: '$&1' })).toEqual({
      path: `${env('DAY')}/in-$&1.csv`,
      list: [{ a: '$&1', n: 1, b: null }],
      plain: '$x {y}',
    })
    expect(environmentNames(config)).toEqual(['ROOT', 'DAY'])
  })

  it('stay as they are behind a second dollar sign', () => {
    expect(resolvePlaceholders({ a: `$${env('X')}` }, {})).toEqual({ a: env('X') })
    expect(environmentNames({ a: `$${env('X')}` })).toEqual([])
  })

  const refusal = (value: string) => {
    try {
      resolvePlaceholders({ a: ['', value] }, { OK: '1' })
    } catch (error) {
      if (error instanceof LogiDataError) return error.info
    }
    throw new Error('was not refused')
  }

  it('that cannot be replaced are errors that name the field', () => {
    expect(refusal(env('HOME'))).toMatchObject({ code: 'env.not-granted', kind: 'user', field: ['a', 1] })
    expect(refusal(env('constructor')).code).toBe('env.not-granted')
    expect(refusal(env('A B')).code).toBe('env.invalid-name')
    expect(refusal(`\${secret:KEY}`).code).toBe('secret.unsupported')
  })
})
