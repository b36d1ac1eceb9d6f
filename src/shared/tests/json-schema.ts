import { z } from 'zod'
import { testFileSchema } from './test-file.ts'

/** JSON Schema (2020-12) of a test file, for editors and other programs: `logidata schema --test` prints it. */
export function testJsonSchema(): { readonly [key: string]: unknown } {
  const schema = z.toJSONSchema(testFileSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // The reader takes what is written as text; to other readers of YAML it is a number, or true.
      if (jsonSchema.type === 'string' && zodSchema._zod.def.type === 'string')
        jsonSchema.type = ['string', 'number', 'boolean'] as never
    },
  })
  return { ...schema, title: 'LogiData Studio test', description: 'A file of tests of one pipeline, NAME.test.yaml.' }
}
