import { pipelineJsonSchema } from '../../shared/pipeline/json-schema.ts'
import { testJsonSchema } from '../../shared/tests/json-schema.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'

/** `logidata schema`: the JSON Schema of pipeline files, or of test files, for editors. */
export async function schema(options: { readonly test?: boolean }, context: CommandContext): Promise<number> {
  if (options.test) {
    printJson(context.terminal, testJsonSchema())
    return EXIT.success
  }
  const { client } = await context.engine()
  printJson(context.terminal, pipelineJsonSchema(await client.call('modules', {}, { signal: context.signal })))
  return EXIT.success
}
