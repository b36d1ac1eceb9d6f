import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdit, applyEdits } from './apply-edit.ts'
import {
  documentSchema,
  FORMAT,
  type JsonValue,
  NODE_ID,
  type PipelineDocument,
  type PipelineNode,
} from './document.ts'
import type { PipelineEdit } from './edits.ts'
import { semanticHash } from './hash.ts'
import { emptyHistory, record, stepBack, stepForward } from './history.ts'
import { normaliseDocument } from './normalise.ts'
import { readPipeline } from './read-pipeline.ts'
import { writePipeline } from './write-pipeline.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 300) }

/** What has broken YAML readers and writers before. */
// biome-ignore format: a list to skim, not to read line by line.
const hostile = [
  '', ' ', '~', 'null', 'Null', 'true', 'False', 'yes', 'No', 'on', 'off', 'y', 'n', '1', '1.0', '1.10', '-0', '+1',
  '007', '0o17', '0x1F', '1e5', '.5', '5.', '.inf', '-.INF', '.nan', '1_000', '12:30', '2021-01-01',
  '2021-01-01 00:00:00', '12345678901234567890', '-', '--', '---', '...', '?', ':', '- a', '? a', ': a', 'a:',
  'a: b', 'a #b', '#a', 'a#b', '&a', '*a', '!a', '!!str a', '%a', '@a', '`a', '|', '>', '|-', '>+', '[a]', '{a}',
  '[', ']', '{', '}', ',', 'a, b', "'", '"', "it's", '"quoted"', 'C:\\temp\\x', '\\', '\\n', '\t', '\ta', 'a\t',
  'a\tb', '\n', 'a\n', 'a\nb', 'a\nb\n', 'a\n\nb', '\na', ' a\nb', 'a\n b', 'a\n\n', 'a \nb', 'a\n  \nb', 'a\n#b',
  'a\n---\nb', 'a\r\nb', '\r', '\u0000', '\u0007', '\u0085', '\u00a0', '\u2028', '\u2029', '\ufeff', '\ufffe',
  '\ud800', '\udc00x', '😀', 'é', 'e\u0301', '<<', '=', 'a  b', ' a', 'a ', "SELECT *\nFROM a -- b\nWHERE x = '#'\n",
  'x'.repeat(130), `${'word '.repeat(40)}end`, '!', '&', '*', '% x', '"a": b', "'a' = 'b'", 'a:b',
  'http://a/b?c=d#e', '$since',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text that is meant.
  '${env:HOME}',
  'constructor', 'a\u001fb',
]

const hostileText: fc.Arbitrary<string> = fc.oneof(
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

const pipelineNode = (ids: fc.Arbitrary<string>): fc.Arbitrary<PipelineNode> =>
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
const pipelineDocument: fc.Arbitrary<PipelineDocument> = fc
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

const ids = (document: PipelineDocument) => [...Object.keys(document.nodes), 'a', 'missing']

/** Edits that mostly can be done: about nodes, ports and parameters that mostly exist. */
const editOf = (document: PipelineDocument): fc.Arbitrary<PipelineEdit> => {
  const node = fc.constantFrom(...ids(document))
  const ports = Object.values(document.nodes).flatMap((one) => Object.keys(one.inputs ?? {}))
  const port = fc.constantFrom('in', 'in_1', ...ports)
  const parameter = fc.constantFrom('p', ...Object.keys(document.parameters ?? {}))
  const position = fc.tuple(fc.integer(), fc.integer())
  return fc.oneof(
    fc
      .record({ nodeId, node: pipelineNode(node), position: optional(position), before: optional(node) })
      .map((parts) => ({ kind: 'addNode' as const, ...defined(parts) })),
    node.map((id) => ({ kind: 'removeNode' as const, nodeId: id })),
    fc.record({ nodeId: node, to: nodeId }).map((parts) => ({ kind: 'renameNode' as const, ...parts })),
    fc
      .record({ nodeId: node, label: optional(fc.constantFrom('', 'x', 'A label')) })
      .map((parts) => ({ kind: 'setLabel' as const, ...defined(parts) })),
    fc
      .record({ nodeId: node, note: optional(hostileText) })
      .map((parts) => ({ kind: 'setNote' as const, ...defined(parts) })),
    fc
      .record({ nodeId: node, config: fc.dictionary(configKey, json, { maxKeys: 3, noNullPrototype: true }) })
      .map((parts) => ({ kind: 'setConfig' as const, ...parts })),
    fc
      .record({ nodeId: node, port, from: node, before: optional(port) })
      .map((parts) => ({ kind: 'connect' as const, ...defined(parts) })),
    fc.record({ nodeId: node, port }).map((parts) => ({ kind: 'disconnect' as const, ...parts })),
    fc
      .dictionary(node, fc.option(position, { nil: null }), { maxKeys: 3, noNullPrototype: true })
      .map((positions) => ({ kind: 'moveNodes' as const, positions })),
    fc.constantFrom('x', 'yes').map((name) => ({ kind: 'setName' as const, name })),
    optional(fc.constantFrom('', 'd')).map((description) => ({
      kind: 'setDescription' as const,
      ...defined({ description }),
    })),
    fc
      .record({
        name: parameter,
        parameter: optional(fc.constant({ type: 'text' as const, default: '1' })),
        before: optional(parameter),
      })
      .map((parts) => ({ kind: 'setParameter' as const, ...defined(parts) })),
  )
}

const documentAndEdits = pipelineDocument.chain((document) =>
  fc.record({ document: fc.constant(document), edits: fc.array(editOf(document), { maxLength: 8 }) }),
)

/** Applies those of the edits that can be done. */
function possible(document: PipelineDocument, edits: readonly PipelineEdit[]): PipelineEdit[] {
  let current = document
  return edits.filter((one) => {
    try {
      current = applyEdit(current, one).document
      return true
    } catch {
      return false
    }
  })
}

describe('any document', () => {
  it('fits the schema', () => {
    fc.assert(
      fc.property(pipelineDocument, (document) => documentSchema.safeParse(document).success),
      runs,
    )
  })

  it('reads back from its file as the same document, and writes again as the same bytes', () => {
    fc.assert(
      fc.property(pipelineDocument, (document) => {
        const text = writePipeline(document)
        const read = readPipeline(text)
        expect(read.problems).toEqual([])
        expect(read.document).toEqual(document)
        expect(read.document && writePipeline(read.document)).toBe(text)
        expect(read.document && writePipeline(read.document, text)).toBe(text)
      }),
      runs,
    )
  })
})

describe('any edits', () => {
  it('leave a valid document in the form of the file', () => {
    fc.assert(
      fc.property(documentAndEdits, ({ document, edits }) => {
        const after = applyEdits(document, possible(document, edits)).document
        expect(documentSchema.safeParse(after).success).toBe(true)
        expect(normaliseDocument(after)).toEqual(after)
      }),
      runs,
    )
  })

  it('are taken back by their inverse, to the byte', () => {
    fc.assert(
      fc.property(documentAndEdits, ({ document, edits }) => {
        const frozen = structuredClone(document)
        const applied = applyEdits(document, possible(document, edits))
        const back = applyEdits(applied.document, applied.inverse).document
        expect(back).toEqual(document)
        expect(writePipeline(back)).toBe(writePipeline(document))
        expect(document).toEqual(frozen)
      }),
      runs,
    )
  })

  it('are undone and redone step by step, joined or not', () => {
    fc.assert(
      fc.property(documentAndEdits, fc.array(fc.constantFrom(undefined, 'a', 'b')), ({ document, edits }, keys) => {
        let end = { document, history: emptyHistory }
        for (const [index, one] of possible(document, edits).entries()) {
          const history = record(end.history, end.document, keys[index])
          end = { document: applyEdits(end.document, [one]).document, history }
        }
        let back = end
        for (let step = 0; step < edits.length; step++) back = stepBack(back.history, back.document) ?? back
        expect(writePipeline(back.document)).toBe(writePipeline(document))
        let forth = back
        for (let step = 0; step < edits.length; step++) forth = stepForward(forth.history, forth.document) ?? forth
        expect(writePipeline(forth.document)).toBe(writePipeline(end.document))
      }),
      runs,
    )
  })

  it('change no hash when they only move boxes and name things', () => {
    fc.assert(
      fc.property(documentAndEdits, ({ document, edits }) => {
        const cosmetic = ['setLabel', 'setNote', 'setName', 'setDescription', 'moveNodes']
        const some = possible(document, edits).filter((one) => cosmetic.includes(one.kind))
        const after = applyEdits(document, possible(document, some)).document
        expect(semanticHash(after)).toBe(semanticHash(document))
      }),
      runs,
    )
  })
})

describe('any comments', () => {
  /** A comment after some lines of a file, at some indentation, or behind some lines. Not inside literal text. */
  const commented = fc.tuple(
    pipelineDocument,
    fc.array(fc.tuple(fc.nat(60), fc.nat(10), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 6 }),
  )

  it('survive writing where YAML allows them, and then stay where they are', () => {
    fc.assert(
      fc.property(commented, ([document, places]) => {
        const lines = writePipeline(document).split('\n')
        const blocked = lines.some((line) => /[|][-]?$/.test(line))
        fc.pre(!blocked)
        places.forEach(([line, indent, own, blank], index) => {
          const at = line % lines.length
          const comment = `# comment ${index}.`
          if (own || lines[at] === '') lines.splice(at, 0, ...(blank ? [''] : []), ' '.repeat(indent) + comment)
          else lines[at] += lines[at]?.includes('# comment') ? '' : ` ${comment}`
        })
        const text = lines.join('\n')
        expect(readPipeline(text).document).toEqual(document)
        const written = writePipeline(document, text)
        expect(readPipeline(written)).toMatchObject({ problems: [], document })
        const inText = (whole: string) => [...whole.matchAll(/# comment \d\./g)].map(String).sort()
        expect(inText(written)).toEqual(inText(text))
        expect(writePipeline(document, written)).toBe(written)
      }),
      runs,
    )
  })
})
