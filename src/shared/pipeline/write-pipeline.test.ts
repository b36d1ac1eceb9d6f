import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPipeline } from './read-pipeline.ts'
import { pipelineDocument } from './testing/arbitrary.ts'
import { writePipeline } from './write-pipeline.ts'

describe('writing any document', () => {
  it('reads back as the same document, and writes again as the same bytes', () => {
    fc.assert(
      fc.property(pipelineDocument, (document) => {
        const text = writePipeline(document)
        const read = readPipeline(text)
        expect(read.problems).toEqual([])
        expect(read.document).toEqual(document)
        expect(read.document && writePipeline(read.document)).toBe(text)
        expect(read.document && writePipeline(read.document, text)).toBe(text)
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 500) },
    )
  })
})
