import { describe, expect, it } from 'vitest'
import { FORMAT, type ParameterType, type PipelineDocument } from './document.ts'
import { checkParameterValue, resolveParameters } from './parameters.ts'
import { readPipeline } from './read-pipeline.ts'
import { validatePipeline } from './validate-pipeline.ts'
import { writePipeline } from './write-pipeline.ts'

const document: PipelineDocument = {
  format: FORMAT,
  name: 'x',
  parameters: {
    since: { type: 'date', default: '2021-01-01' },
    country: { type: 'text' },
    limit: { type: 'integer', default: '10' },
  },
  nodes: {},
}

describe('a secret parameter', () => {
  it('is not part of what is said of it', () => {
    const secret = { ...document, parameters: { pin: { type: 'integer' as const, secret: true } } }
    const [problem] = resolveParameters(secret, { pin: 'x1234' }).problems
    expect(problem?.message).toBe('Parameter "pin" is of type integer and cannot be what was given.')
  })
  it('is read from a file, written as it was, and has no default', () => {
    const text = `format: logidata/v1\nname: x\nparameters:\n  pin: { type: text, secret: true }\nnodes: {}\n`
    const { document: read, problems } = readPipeline(text)
    expect(problems).toEqual([])
    expect(read?.parameters).toEqual({ pin: { type: 'text', secret: true } })
    expect(read && writePipeline(read)).toContain('pin: { type: text, secret: true }')
    const given = { ...document, parameters: { pin: { type: 'text' as const, secret: true, default: 'x' } } }
    expect(validatePipeline(given, []).map(({ code }) => code)).toEqual(['parameter.secret-default'])
  })
})

describe('parameters of a run', () => {
  it('are what was given over the defaults', () => {
    const { values, problems } = resolveParameters(document, { country: 'FR', limit: ' +20 ' })
    expect(problems).toEqual([])
    expect([...values]).toEqual([
      ['since', { type: 'date', value: '2021-01-01' }],
      ['country', { type: 'text', value: 'FR' }],
      ['limit', { type: 'integer', value: '20' }],
    ])
  })

  it('are problems where they are missing, wrong or unknown', () => {
    const { values, problems } = resolveParameters(document, { since: '2021-02-30', limti: '1', constructor: 'x' })
    expect([...values.keys()]).toEqual(['limit'])
    expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      [
        'parameter.invalid',
        'Parameter "since" is of type date and cannot be "2021-02-30".',
        'Write a day that exists as year-month-day, such as 2021-01-31.',
      ],
      [
        'parameter.missing',
        'Parameter "country" has no value.',
        'Give it when you run the pipeline, or give it a default.',
      ],
      ['parameter.unknown', 'The pipeline has no parameter "limti".', 'Did you mean "limit"?'],
      [
        'parameter.unknown',
        'The pipeline has no parameter "constructor".',
        'Its parameters are: since, country, limit.',
      ],
    ])
    expect(resolveParameters({ ...document, parameters: {} }, { a: 'x' }).problems[0]?.hint).toBe(
      'It takes no parameters.',
    )
    expect(resolveParameters(document, { country: '', limit: 'x'.repeat(100) }).problems[0]?.message).toContain(
      `${'x'.repeat(60)}…`,
    )
  })
})

describe('a value of type', () => {
  const cases: [ParameterType, string, string | undefined][] = [
    ['text', ' as it is ', ' as it is '],
    ['text', 'a\0b', undefined],
    ['integer', '123456789012345678901234567890', '123456789012345678901234567890'],
    ['integer', '-007', '-7'],
    ['integer', '-0', '0'],
    ['integer', '1.0', undefined],
    ['integer', '1e5', undefined],
    ['integer', '', undefined],
    ['integer', '٣', undefined],
    ['decimal', '0001.50', '1.50'],
    ['decimal', '-0.10', '-0.10'],
    ['decimal', '.5', undefined],
    ['decimal', '1,5', undefined],
    ['decimal', '1'.repeat(38), '1'.repeat(38)],
    ['decimal', `0.${'1'.repeat(38)}`, undefined],
    ['boolean', 'TRUE', 'true'],
    ['boolean', 'yes', undefined],
    ['date', '2024-02-29', '2024-02-29'],
    ['date', '2023-02-29', undefined],
    ['date', '1900-02-29', undefined],
    ['date', '2000-02-29', '2000-02-29'],
    ['date', '2021-13-01', undefined],
    ['date', '2021-00-01', undefined],
    ['date', '2021-04-31', undefined],
    ['date', '2021-04-00', undefined],
    ['date', '0000-01-01', undefined],
    ['date', '2021-1-1', undefined],
    ['date', '01.02.2021', undefined],
    ['timestamp', '2021-01-31', '2021-01-31 00:00:00'],
    ['timestamp', '2021-01-31T08:30', '2021-01-31 08:30:00'],
    ['timestamp', '2021-01-31 08:30:15.123456', '2021-01-31 08:30:15.123456'],
    ['timestamp', '2021-01-31 08:30:15.1234567', undefined],
    ['timestamp', '2021-01-31 24:00:00', undefined],
    ['timestamp', '2021-01-31 08:60', undefined],
    ['timestamp', '2021-01-31 08:30:60', undefined],
    ['timestamp', '2021-02-31 08:30', undefined],
    ['timestamp', '2021-01-31T08:30:00Z', undefined],
    ['timestamp', '2021-01-31 08:30:00+02:00', undefined],
  ]
  it.each(cases)('%s: "%s" is %s', (type, text, value) => {
    const checked = checkParameterValue(type, text)
    expect(checked.ok ? checked.value : undefined).toBe(value)
    if (!checked.ok) expect(checked.hint).toMatch(/\.$/)
  })
})
