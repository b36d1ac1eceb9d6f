import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../modules/kit/sql.ts'
import type { RunEvent } from '../shared/engine/types.ts'
import type { JsonValue } from '../shared/pipeline/document.ts'
import { runPipeline } from './run/run-pipeline.ts'
import { errorOf, never, pipeline, type TemporaryProject, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ memoryBytes: 400e6 })
})
afterAll(() => own.close())

interface Format {
  readonly file: string
  readonly type: string
  readonly config?: Record<string, JsonValue>
  readonly before?: string
  readonly after?: string
  readonly row: (number: number) => string
}

const note = 'a parcel that was sent, weighed, signed for and forgotten '.repeat(20)
const formats: Format[] = [
  {
    file: 'parcels.xml',
    type: 'extract.xml',
    before: '<parcels>\n',
    after: '</parcels>\n',
    row: (id) =>
      `<parcel id="${id}"><sent>2024-01-05</sent><weight>${id % 90}.5</weight><note>${note}</note></parcel>\n`,
  },
  {
    file: 'parcels.json',
    type: 'extract.json',
    config: { records_path: 'data.parcels' },
    before: '{"made": "2024-01-05", "data": {"none": [], "parcels": [\n',
    after: '{"id": -1}]}}\n',
    row: (id) => `{"id": ${id}, "sent": "2024-01-05", "weight": ${id % 90}.5, "note": "a \\"] ${note}"},\n`,
  },
  {
    file: 'one-line.json',
    type: 'extract.json',
    before: '[',
    after: '{"id": -1}]',
    row: (id) => `{"id": ${id}, "tags": ["a", "é${id}"], "note": "${note}"},`,
  },
  {
    file: 'parcels.ndjson',
    type: 'extract.ndjson',
    row: (id) => `{"id": ${id}, "sent": "2024-01-05", "weight": ${id % 90}.5, "note": "${note}"}\n`,
  },
  {
    file: 'parcels.log',
    type: 'extract.text',
    config: { format: 'pattern', pattern: '^(?<id>\\d+) (?<sent>\\S+) (?<note>.*)$' },
    row: (id) => `${id} 2024-01-05 ${note}\n`,
  },
  {
    file: 'parcels.html',
    type: 'extract.html',
    before: '<html><body><table><tr><th>id</th><th>note</th></tr>\n',
    after: '</table></body></html>\n',
    row: (id) => `<tr><td>${id}</td><td>${note}</td></tr>\n`,
  },
  {
    file: 'parcels.dat',
    type: 'extract.fixed_width',
    config: {
      fields: [
        { name: 'id', width: 8 },
        { name: 'sent', width: 10 },
        { name: 'note', width: 2000 },
      ],
      short_lines: 'fill',
    },
    row: (id) => `${String(id).padStart(8)}2024-01-05${note}\n`,
  },
]

/** Some megabytes of rows. */
function content({ before = '', after = '', row }: Format, megabytes: number): string {
  const rows: string[] = []
  for (let id = 1, size = 0; size < megabytes * 1e6; id++) {
    rows.push(row(id))
    size += rows.at(-1)?.length ?? 0
  }
  return before + rows.join('') + after
}

const nodesOf = ({ file, type, config }: Format, folder: string) => ({
  rows: { type, config: { path: `${folder}/${file}`, ...config } },
  out: { type: 'load.parquet', inputs: { in: 'rows' }, config: { path: `out/${folder}-${file}.parquet` } },
})

describe.each(formats)('a preview of $type ($file)', (format) => {
  const preview = (folder: string, limit = 50) =>
    own.project.preview({ ...pipeline(nodesOf(format, folder)), nodeId: 'rows', limit, offset: 0 }, never)

  test('reads no more than the start of 200 megabytes', async () => {
    own.write(`large/${format.file}`, content({ ...format, after: '' }, 20))
    // What follows is not what any of these formats may hold: whoever reads it says so.
    truncateSync(join(own.root, 'large', format.file), 200e6)
    const found = await preview('large')
    expect(found).toMatchObject({ exactness: 'sampled', more: true })
    expect(found.rows).toHaveLength(50)
    expect(found.totalRows).toBeUndefined()
  })

  test('shows the rows that a run writes, and all of them are known after it', async () => {
    own.write(`whole/${format.file}`, content(format, 17))
    const before = await preview('whole')
    expect(before.exactness).toBe('sampled')
    const events: RunEvent[] = []
    const request = { ...pipeline(nodesOf(format, 'whole')), runId: `run-${format.file}` }
    await runPipeline(own.project, request as never, (event) => events.push(event), never)
    expect(events.at(-1)).toMatchObject({ kind: 'finished', state: 'succeeded' })
    const written = await own.project.session.lease(never, (lease) =>
      lease.query(raw(`SELECT * FROM '${join(own.root, `out/whole-${format.file}.parquet`)}' LIMIT 50`)),
    )
    expect(before.columns).toEqual(written.columns)
    expect(before.rows).toEqual(written.rows)
    await new Promise((done) => setTimeout(done, 2100))
    const after = await preview('whole')
    expect(after.exactness).toBe('exact')
    expect(after.rows).toEqual(before.rows)
  })
})

test('a column that a person named is there though no row of the start has it', async () => {
  const rows = `${'{"id": 1}\n'.repeat(2_000_000)}{"id": 2, "late": "2024-01-05"}\n`
  own.write('late.ndjson', rows)
  const of = (config: Record<string, JsonValue>) => ({
    rows: { type: 'extract.ndjson', config: { path: 'late.ndjson', ...config } },
  })
  const preview = (config: Record<string, JsonValue>) =>
    own.project.preview({ ...pipeline(of(config)), nodeId: 'rows', limit: 5, offset: 0 }, never)
  expect(
    (await preview({ columns: { late: { type: 'DATE' } } })).columns.map(({ name, type }) => [name, type]),
  ).toEqual([
    ['id', 'BIGINT'],
    ['late', 'DATE'],
  ])
  expect((await preview({})).columns.map(({ name }) => name)).toEqual(['id'])
})

test('where the start holds no row, the whole is read and its problem is told', async () => {
  own.write('empty.log', `${'nothing to see\n'.repeat(1_300_000)}`)
  const nodes = {
    rows: {
      type: 'extract.text',
      config: { path: 'empty.log', format: 'pattern', pattern: '^(?<id>\\d+)$', unmatched: 'skip' },
    },
  }
  const found = own.project.preview({ ...pipeline(nodes), nodeId: 'rows', limit: 5, offset: 0 }, never)
  expect(await errorOf(found)).toMatchObject({ code: 'text.empty' })
})
