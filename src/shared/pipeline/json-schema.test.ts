import { describe, expect, it } from 'vitest'
import { pipelineJsonSchema } from './json-schema.ts'
import { moduleInfo } from './test-modules.ts'

describe('the JSON Schema of a pipeline', () => {
  const schema = pipelineJsonSchema([
    moduleInfo('extract.csv', [], ['rows'], {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        columns: { type: 'array', items: { $ref: '#/$defs/column' } },
        self: { $ref: '#' },
        ref: { const: '#/x' },
      },
      $defs: { column: { type: 'string' } },
    }),
    moduleInfo('transform.join', [{ name: 'left' }, { name: 'right', optional: true }], ['match']),
    moduleInfo('transform.union', [{ name: 'in', many: true }], ['out']),
    moduleInfo('transform.sql', [{ name: 'in', many: true, freeNames: true, optional: true }], ['out']),
  ])
  const definitions = schema.$defs as Record<string, Record<string, unknown>>

  it('is of draft 2020-12 and survives JSON', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  })

  it('keeps references inside the config of a module where they belong', () => {
    expect(definitions['config.extract.csv']).toEqual({
      type: 'object',
      properties: {
        columns: { type: 'array', items: { $ref: '#/$defs/config.extract.csv/$defs/column' } },
        self: { $ref: '#/$defs/config.extract.csv' },
        ref: { const: '#/x' },
      },
      $defs: { column: { type: 'string' } },
    })
  })

  it('has a config and inputs for each type', () => {
    const branches = definitions.node?.allOf as {
      if: unknown
      then: { properties: Record<string, object>; required?: string[] }
    }[]
    expect(branches.map((branch) => branch.then.properties.config)).toEqual(
      ['extract.csv', 'transform.join', 'transform.union', 'transform.sql'].map((type) => ({
        $ref: `#/$defs/config.${type}`,
      })),
    )
    expect(branches.map((branch) => branch.then.required)).toEqual([undefined, ['inputs'], ['inputs'], undefined])
    expect(branches[1]?.then.properties.inputs).toMatchObject({ required: ['left'], additionalProperties: false })
    expect(branches[2]?.then.properties.inputs).toHaveProperty(['patternProperties', '^in_[1-9][0-9]*$'])
    expect(branches[3]?.then.properties.inputs).not.toHaveProperty('additionalProperties')
  })
})
