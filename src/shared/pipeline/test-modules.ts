import type { InputPort, ModuleInfo } from '../modules/descriptor.ts'

/** A module as tests of documents need it: ports, and a config of any shape. */
export function moduleInfo(
  type: string,
  inputs: readonly (Partial<InputPort> & { name: string })[],
  outputs: readonly string[],
  configSchema: Record<string, unknown> = { type: 'object' },
): ModuleInfo {
  const title = { en: type, fr: type }
  return {
    type,
    version: 1,
    family: 'shape',
    title,
    summary: title,
    documentation: title,
    icon: 'x',
    keywords: [],
    inputs: inputs.map((input) => ({ optional: false, many: false, freeNames: false, title, ...input })),
    outputs: outputs.map((name) => ({ name, title, reject: false })),
    fields: [],
    configSchema,
    defaultConfig: {},
    example: {},
  }
}
