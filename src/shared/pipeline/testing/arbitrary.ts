import fc from 'fast-check'
import { FORMAT, type JsonValue, NODE_ID, type PipelineDocument, type PipelineNode } from '../document.ts'
import { normaliseDocument } from '../normalise.ts'

/** What has broken YAML readers and writers before. */
const hostile = [
  '',
  ' ',
  '~',
  'null',
  'Null',
  'true',
  'False',
  'yes',
  'No',
  'on',
  'off',
  'y',
  'n',
  '1',
  '1.0',
  '1.10',
  '-0',
  '+1',
  '007',
  '0o17',
  '0x1F',
  '1e5',
  '.5',
  '5.',
  '.inf',
  '-.INF',
  '.nan',
  '1_000',
  '12:30',
  '2021-01-01',
  '2021-01-01 00:00:00',
  '12345678901234567890',
  '-',
  '--',
  '---',
  '...',
  '?',
  ':',
  '- a',
  '? a',
  ': a',
  'a:',
  'a: b',
  'a #b',
  '#a',
  'a#b',
  '&a',
  '*a',
  '!a',
  '!!str a',
  '%a',
  '@a',
  '`a',
  '|',
  '>',
  '|-',
  '>+',
  '[a]',
  '{a}',
  '[',
  ']',
  '{',
  '}',
  ',',
  'a, b',
  "'",
  '"',
  "it's",
  '"quoted"',
  'C:\\temp\\x',
  '\\',
  '\\n',
  '\t',
  '\ta',
  'a\t',
  'a\tb',
  '\n',
  'a\n',
  'a\nb',
  'a\nb\n',
  'a\n\nb',
  '\na',
  ' a\nb',
  'a\n b',
  'a\n\n',
  'a \nb',
  'a\n  \nb',
  'a\n#b',
  'a\n---\nb',
  'a\r\nb',
  '\r',
  '\u0000',
  '\u0007',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ufffe',
  '\ud800',
  '\udc00x',
  '😀',
  'é',
  'e\u0301',
  '<<',
  '=',
  'a  b',
  ' a',
  'a ',
  "SELECT *\nFROM a -- b\nWHERE x = '#'\n",
  'x'.repeat(130),
  `${'word '.repeat(40)}end`,
  '!',
  '&',
  '*',
  '% x',
  '"a": b',
  "'a' = 'b'",
  'a:b',
  'http://a/b?c=d#e',
  '$since',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text that is meant.
  '${env:HOME}',
  'constructor',
  'a\u001fb',
]

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostile) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...hostile), fc.constantFrom(...hostile)).map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('a', ' ', '\n', '#', ':', '-', '"', "'", '\t', '\\', ',', '|'), { maxLength: 12 })
      .map((parts) => parts.join('')),
  },
)

const nodeId = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'null', 'true', 'no', 'y', 'on', '_', 'e1', '_1'),
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/).filter((text) => NODE_ID.test(text)),
)

const configKey = hostileText.filter((text) => text !== '__proto__')
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  hostileText,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
)
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    scalar,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(configKey, tie('json'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

export const pipelineNode = (ids: fc.Arbitrary<string>): fc.Arbitrary<PipelineNode> =>
  fc
    .record({
      type: fc.constantFrom('extract.csv', 'transform.filter', 'transform.sql', 'load.parquet'),
      label: optional(hostileText.filter((text) => text.length > 0 && text.length <= 200)),
      note: optional(hostileText),
      inputs: optional(
        fc.dictionary(
          nodeId,
          fc.tuple(ids, fc.constantFrom('', '.match', '.rest')).map((parts) => parts.join('')),
          { maxKeys: 3, noNullPrototype: true },
        ),
      ),
      config: optional(fc.dictionary(configKey, json, { maxKeys: 5, noNullPrototype: true })),
    })
    .map((node) => defined(node))

/** Valid documents in the form that reading gives, with texts, keys and numbers that are hard to write. */
export const pipelineDocument: fc.Arbitrary<PipelineDocument> = fc
  .uniqueArray(nodeId, { maxLength: 6 })
  .chain((ids) => {
    const known = fc.oneof(nodeId, ...(ids.length > 0 ? [fc.constantFrom(...ids)] : []))
    const position = fc.tuple(fc.integer(), fc.integer())
    return fc.record({
      name: hostileText.filter((text) => text.length > 0 && text.length <= 200),
      description: optional(hostileText),
      parameters: optional(
        fc.dictionary(
          nodeId,
          fc
            .record({
              type: fc.constantFrom('text' as const, 'integer' as const, 'date' as const, 'decimal' as const),
              default: optional(hostileText),
              description: optional(hostileText),
            })
            .map((parameter) => defined(parameter)),
          { maxKeys: 3, noNullPrototype: true },
        ),
      ),
      nodes: fc
        .array(pipelineNode(known), { minLength: ids.length, maxLength: ids.length })
        .map((nodes) => Object.fromEntries(ids.flatMap((id, index) => (nodes[index] ? [[id, nodes[index]]] : [])))),
      layout: optional(fc.dictionary(known, position, { maxKeys: 6, noNullPrototype: true })),
    })
  })
  .map((parts) => normaliseDocument({ format: FORMAT, ...defined(parts) } as PipelineDocument))

/** Without the keys that have no value. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
