import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { type FormField, moduleInfoSchema } from '../shared/modules/descriptor.ts'
import { FORMAT, type JsonValue, type PipelineDocument } from '../shared/pipeline/document.ts'
import { readPipeline } from '../shared/pipeline/read-pipeline.ts'
import { writePipeline } from '../shared/pipeline/write-pipeline.ts'
import { moduleInfos, moduleOf, modules } from './catalogue.ts'

describe.each(modules.map((module) => [module.descriptor.type, module] as const))('%s', (type, module) => {
  const { descriptor } = module
  const info = moduleInfos().find((each) => each.type === type)
  const config = descriptor.config as z.ZodType

  it('is found by its type', () => {
    expect(moduleOf(type)).toBe(module)
  })

  it('has an example that its own config accepts and describes in one line', () => {
    const line = descriptor.describe(config.parse(descriptor.example))
    expect(line).toMatch(/^\S.*$/)
    expect(line.length).toBeLessThan(200)
  })

  it('has a config that comes back from the file as it was', () => {
    const node = { type, config: descriptor.example as Record<string, JsonValue> }
    const document: PipelineDocument = { format: FORMAT, name: 'One step', nodes: { node } }
    const text = writePipeline(document)
    const read = readPipeline(text)
    expect(read.problems).toEqual([])
    expect(config.parse(read.document?.nodes.node?.config ?? {})).toEqual(config.parse(descriptor.example))
    expect(writePipeline(read.document ?? document)).toBe(text)
  })

  it('refuses a setting that it does not know', () => {
    const example = descriptor.example as Record<string, unknown>
    const refused = config.safeParse({ ...example, no_such_setting: 1 })
    expect(refused.error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['no_such_setting'] })
  })

  it('is data: its info passes its schema and survives JSON', () => {
    const data: unknown = JSON.parse(JSON.stringify(info))
    expect(moduleInfoSchema.parse(data)).toEqual(info)
  })

  it('says everything in English and in French', () => {
    const texts = [descriptor.title, descriptor.summary, descriptor.documentation, ...fieldTexts(info?.fields ?? [])]
    for (const text of texts) {
      expect(text.en.trim(), JSON.stringify(text)).not.toBe('')
      expect(text.fr.trim(), JSON.stringify(text)).not.toBe('')
    }
    expect(descriptor.documentation.en).not.toBe(descriptor.documentation.fr)
  })

  it('publishes a JSON Schema without what only the form needs', () => {
    expect(info?.configSchema).toMatchObject({ type: 'object', additionalProperties: false })
    expect(JSON.stringify(info?.configSchema)).not.toContain('"form"')
  })
})

function fieldTexts(fields: readonly FormField[]): { en: string; fr: string }[] {
  return fields.flatMap((field) => [
    field.title,
    ...(field.help ? [field.help] : []),
    ...(field.options ?? []).map((option) => option.title),
    ...fieldTexts(field.fields ?? []),
  ])
}

it('no two modules have one type', () => {
  expect(new Set(modules.map((module) => module.descriptor.type)).size).toBe(modules.length)
})
