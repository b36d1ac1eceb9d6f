import { describe, expect, it } from 'vitest'
import { connectionSchema } from '../connections/connection.ts'
import { documentSchema, parseReference } from '../pipeline/document.ts'
import { templates } from './templates.ts'

describe.each(templates)('the template $id', ({ document, connections }) => {
  it('is a pipeline as the file format has it, and its connections are as theirs', () => {
    expect(documentSchema.parse(document)).toEqual(document)
    for (const connection of Object.values(connections)) expect(connectionSchema.parse(connection)).toEqual(connection)
  })

  it('names only what it has', () => {
    for (const { config, inputs } of Object.values(document.nodes)) {
      const named = config?.['connection']
      if (typeof named === 'string') expect(Object.keys(connections)).toContain(named)
      for (const input of Object.values(inputs ?? {}))
        for (const one of [input].flat()) expect(Object.keys(document.nodes)).toContain(parseReference(one).nodeId)
    }
    expect(Object.keys(document.layout ?? {}).sort()).toEqual(Object.keys(document.nodes).sort())
  })
})
