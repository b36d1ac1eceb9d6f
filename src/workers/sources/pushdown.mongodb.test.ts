import fc from 'fast-check'
import { type Document, Double, Long, ObjectId } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../tests/services/services.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../modules/connectors/mongodb/testing.ts'
import { mongodbExtractDescriptor } from '../../modules/extractors/mongodb/descriptor.ts'
import { mongodbExtract } from '../../modules/extractors/mongodb/implementation.ts'
import type { ExtractModule } from '../../modules/kit/contract.ts'
import { runNodes } from '../run/testing.ts'
import { conditionOf, setUp } from '../testing/pushdown.ts'
import { type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'

const IDS = ['65a000000000000000000001', '65a000000000000000000002', '65a0000000000000000000ff']
const INTEGERS = [0, 1, -1, 5, 2147483647]
const TEXTS = ['', 'a', 'A', 'a ', 'e', "it's", '65a000000000000000000001']
const TIMES = [
  '2024-02-29T00:00:00.000Z',
  '2024-02-29T23:59:59.999Z',
  '2023-12-31T00:00:00.001Z',
  '1969-12-31T23:59:59.999Z',
]
/** What fits no column, or more than one way. FerretDB has no Decimal128. */
const MISFITS = [[1, 5, null], { a: 1 }, 'five', new Double(5.5), true, [], [new Date(0)]]

const documents: Document[] = Array.from({ length: 80 }, (_, row) => {
  const document: Document = { c0: row }
  const values = [
    row % 2 === 0 ? INTEGERS[row % 5] : Long.fromNumber(INTEGERS[row % 5] ?? 0),
    TEXTS[row % TEXTS.length],
    row % 3 === 0,
    new Date(TIMES[row % TIMES.length] ?? ''),
    new ObjectId(IDS[row % IDS.length] ?? ''),
  ]
  values.forEach((value, index) => {
    const turn = (row * 7 + index * 3) % 11
    if (turn === 0) document[`c${index + 1}`] = null
    else if (turn === 1 && row > 20) document[`c${index + 1}`] = MISFITS[(row + index) % MISFITS.length]
    else if (turn !== 2) document[`c${index + 1}`] = value
  })
  return document
})

const condition = conditionOf([
  ['0', '1', '-1', '5', '6', '9223372036854775807'],
  TEXTS.map((text) => `'${text.replaceAll("'", "''")}'`),
  ['TRUE', 'FALSE'],
  ["'2024-02-29'", "'2024-02-29 23:59:59.999'", "'2024-02-29 23:59:59.9995'", "'1969-12-31 23:59:59.9985'"],
  [...IDS, IDS[0]?.toUpperCase() ?? '', 'a'].map((text) => `'${text}'`),
])

describeService('mongodb', 'Pushdown to MongoDB', (server) => {
  let own: TemporaryDatabase
  let project: TemporaryProject
  beforeAll(async () => {
    own = await temporaryDatabase(server)
    await own.db().collection('c').insertMany(documents)
    project = await temporaryProject()
  })
  afterAll(async () => {
    await project?.close()
    await own?.close()
  })
  const given = (config: Record<string, unknown>) =>
    setUp(
      mongodbExtract as unknown as ExtractModule,
      mongodbExtractDescriptor.config.parse({
        connection: 'shop',
        collection: 'c',
        fields: ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'],
        mixed: 'most',
        ...config,
      }),
      own.connection,
    )

  test('rows are the same with it and without', { timeout: 120_000 }, async () => {
    const { columns, read } = await given({ on_misfit: 'null' })
    expect(columns.map(({ kind }) => kind)).toEqual(['integer', 'integer', 'text', 'boolean', 'instant', 'text'])
    let fewer = 0
    await fc.assert(
      fc.asyncProperty(condition, async (where) => {
        const [off, on] = [await read(where, false), await read(where, true)]
        expect(on.rows).toEqual(off.rows)
        if (on.sent < off.sent) fewer++
      }),
      { numRuns: 100 },
    )
    expect(fewer).toBeGreaterThan(20)
    expect((await read("c5 = '65a000000000000000000001'", true)).sent).toBeLessThan(30)
  })

  test('behind the stages of a pipeline, too', async () => {
    const { read } = await given({
      pipeline: '[{"$match": {"c0": {"$gte": 60}}}, {"$unset": "_id"}]',
      on_misfit: 'null',
    })
    const [off, on] = [await read('c0 >= 70', false), await read('c0 >= 70', true)]
    expect(on.rows).toEqual(off.rows)
    expect([off.sent, on.sent]).toEqual([20, 10])
  })

  test.each([['documents that do not fit go elsewhere', { on_misfit: 'reject' }]])(
    'nothing is pushed where %s',
    async (_name, config) => {
      await expect(given(config)).rejects.toThrow('nothing can be pushed')
    },
  )

  test('a limit of the config, or a projection, comes before the condition', async () => {
    for (const config of [{ limit: 5 }, { projection: '{"_id": 0}' }])
      expect(new Set((await given({ on_misfit: 'null', ...config })).columns.map(({ kind }) => kind))).toEqual(
        new Set([undefined]),
      )
  })

  const chain = (steps: readonly { readonly type: string; readonly config: Record<string, never> }[], config = {}) => ({
    from: {
      type: 'extract.mongodb',
      config: {
        connection: 'shop',
        collection: 'c',
        fields: ['c0', 'c1', 'c2'],
        mixed: 'most',
        on_misfit: 'null',
        ...config,
      },
    },
    ...Object.fromEntries(
      steps.map((step, index) => [`s${index}`, { ...step, inputs: { in: index === 0 ? 'from' : `s${index - 1}` } }]),
    ),
    out: { type: 'load.csv', inputs: { in: `s${steps.length - 1}` }, config: { path: 'out.csv' } },
  })
  async function sent(nodes: ReturnType<typeof chain>, pushdown: boolean) {
    const connections = { shop: own.connection }
    const { finished, resume } = await runNodes(project, nodes as never, { connections, pushdown })
    expect(finished).toMatchObject({ state: 'succeeded' })
    return Number(resume.stages.find(({ key }) => key === 'from.out')?.rows.out)
  }

  test('the first documents; with a condition, which may let more through, all of them', async () => {
    const limit = { type: 'transform.limit', config: { rows: 3 } as never }
    expect(await sent(chain([limit]), true)).toBe(3)
    expect(await sent(chain([limit]), false)).toBe(80)
    const zero = { type: 'transform.limit', config: { rows: 0 } as never }
    expect(await sent(chain([zero]), true)).toBe(0)
    const filter = { type: 'transform.filter', config: { condition: 'c1 > 0' } as never }
    const some = await sent(chain([filter, limit]), true)
    expect(some).toBeGreaterThan(10)
    expect(some).toBeLessThan(60)
  })

  test('fields that nobody reads are not sent', async () => {
    const select = { type: 'transform.select', config: { columns: [{ column: 'c2' }], others: 'drop' } as never }
    expect(await sent(chain([select]), true)).toEqual(await sent(chain([select]), false))
    const count = {
      type: 'transform.aggregate',
      config: { group_by: [], measures: [{ name: 'n', function: 'count' }] } as never,
    }
    expect(await sent(chain([count]), true)).toBe(80)
    const { analyse } = project.project
    const { nodes } = await analyse.call(
      project.project,
      {
        document: { format: 'logidata/v1', name: 'Test', nodes: chain([select]) as never },
        parameters: {},
        env: {},
        connections: { shop: own.connection },
      },
      new AbortController().signal,
    )
    expect(nodes.from?.pushdown?.done).toMatchObject([{ en: 'Only 1 of 3 columns: c2' }])
  })
})
