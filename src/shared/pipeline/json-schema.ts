import { z } from 'zod'
import type { ModuleInfo } from '../modules/descriptor.ts'
import { nodeCheckSchema } from './checks.ts'
import { FORMAT, NODE_ID, parameterTypeSchema, REFERENCE } from './document.ts'
import { runSettingsSchema } from './run-settings.ts'

type Schema = { readonly [key: string]: unknown }

/**
 * JSON Schema (2020-12) of a pipeline file, for editors and other programs: `logidata schema` prints it. What `config` and `inputs` may
 * hold depends on the node's `type`.
 */
export function pipelineJsonSchema(modules: readonly ModuleInfo[]): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'LogiData Studio pipeline',
    description: `A pipeline file, NAME.pipeline.yaml, of format ${FORMAT}.`,
    type: 'object',
    additionalProperties: false,
    required: ['format', 'name', 'nodes'],
    properties: {
      format: { const: FORMAT },
      name: { type: 'string', minLength: 1, maxLength: 200, description: 'What people call the pipeline.' },
      description: { type: 'string' },
      parameters: map({ $ref: '#/$defs/parameter' }, 'Values that a run can be given, used as $name in expressions.'),
      nodes: map({ $ref: '#/$defs/node' }, 'The steps. The key is what others refer to.'),
      layout: map(
        { $ref: '#/$defs/position' },
        'Where the nodes stand on the canvas. Changes nothing of what the pipeline does.',
      ),
    },
    $defs: {
      name: { type: 'string', pattern: NODE_ID.source },
      reference: { type: 'string', pattern: REFERENCE.source, description: 'A node, or node.port.' },
      position: {
        type: 'array',
        prefixItems: [{ type: 'integer' }, { type: 'integer' }],
        items: false,
        minItems: 2,
        description: 'Pixels from the left and from the top, at zoom 1.',
      },
      check: checkSchema(),
      parameter: {
        type: 'object',
        additionalProperties: false,
        required: ['type'],
        properties: {
          type: { enum: parameterTypeSchema.options },
          default: { type: ['string', 'number', 'boolean'], description: 'Kept as the text that is written.' },
          description: { type: 'string' },
          secret: { type: 'boolean', description: 'Its values are written down nowhere; it has no default.' },
        },
      },
      node: {
        type: 'object',
        additionalProperties: false,
        required: ['type'],
        properties: {
          type: {
            oneOf: modules.map((module) => ({
              const: module.type,
              title: module.title.en,
              description: module.summary.en,
            })),
          },
          label: { type: 'string', minLength: 1, maxLength: 200, description: 'What people see instead of the key.' },
          note: { type: 'string', description: 'A note for people.' },
          inputs: map({ $ref: '#/$defs/reference' }, 'Input port -> the node, or node.port, that it reads from.'),
          config: { type: 'object' },
          checks: {
            type: 'array',
            items: { $ref: '#/$defs/check' },
            description: 'Expectations on the rows of its output ports.',
          },
          run: { $ref: '#/$defs/run' },
        },
        allOf: modules.map((module) => ({
          if: { properties: { type: { const: module.type } }, required: ['type'] },
          // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word.
          then: {
            properties: { config: { $ref: `#/$defs/${defName(module)}` }, inputs: inputsSchema(module) },
            ...(module.inputs.some((input) => !input.optional) ? { required: ['inputs'] } : {}),
          },
        })),
      },
      run: runSchema(),
      ...Object.fromEntries(modules.map((module) => [defName(module), configSchema(module)])),
    },
  }
}

function checkSchema(): Schema {
  const { $schema: _schema, ...schema } = z.toJSONSchema(nodeCheckSchema)
  // The reader takes what is written as text; to other readers of YAML it may be a number.
  const limit = { type: ['string', 'number'] }
  return { ...schema, properties: { ...schema.properties, min: limit, max: limit } }
}

const defName = (module: ModuleInfo) => `config.${module.type}`

function runSchema(): Schema {
  const { $schema: _schema, ...schema } = z.toJSONSchema(runSettingsSchema)
  return { ...schema, description: 'What the node does when it fails or takes too long.' }
}

/** References inside a module's schema count from its own root, which is no longer the root. */
function configSchema(module: ModuleInfo): Schema {
  const { $schema: _schema, ...schema } = module.configSchema
  return relocated(schema, `#/$defs/${defName(module)}`) as Schema
}

function relocated(value: unknown, root: string): unknown {
  if (Array.isArray(value)) return value.map((item) => relocated(item, root))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const local = key === '$ref' && typeof item === 'string' && (item === '#' || item.startsWith('#/'))
      return [key, local ? root + String(item).slice(1) : relocated(item, root)]
    }),
  )
}

function inputsSchema(module: ModuleInfo): Schema {
  const properties: Record<string, Schema> = {}
  const patternProperties: Record<string, Schema> = {}
  let free = false
  for (const input of module.inputs) {
    const schema = { description: input.title.en }
    if (!input.many) properties[input.name] = schema
    else if (input.freeNames) free = true
    else patternProperties[`^${input.name}_[1-9][0-9]*$`] = schema
  }
  return {
    properties,
    patternProperties,
    ...(free ? {} : { additionalProperties: false }),
    required: module.inputs.filter((input) => !input.optional && !input.many).map((input) => input.name),
    minProperties: module.inputs.some((input) => !input.optional) ? 1 : 0,
  }
}

function map(values: Schema, description: string): Schema {
  return { type: 'object', description, propertyNames: { $ref: '#/$defs/name' }, additionalProperties: values }
}
