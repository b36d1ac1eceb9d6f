import { pipelineJsonSchema } from '../../shared/pipeline/json-schema.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'

/** `logidata schema`: the JSON Schema of pipeline files, for editors. */
export async function schema(context: CommandContext): Promise<number> {
  const { client } = await context.engine()
  printJson(context.terminal, pipelineJsonSchema(await client.call('modules', {}, { signal: context.signal })))
  return EXIT.success
}
