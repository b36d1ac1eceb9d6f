import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { logidata } from '../../src/cli/testing/logidata.ts'
import { temporaryFolder } from '../../src/main/testing/temporary-folder.ts'
import { temporarySchema } from '../../src/modules/extractors/postgres/testing.ts'
import { describeService } from '../services/services.ts'

const pipelineOf = (schema: string) => `format: logidata/v1
name: News
nodes:
  news:
    type: extract.postgres
    config: { connection: shop, schema: ${schema}, table: news, incremental: { column: id } }
  out:
    type: load.postgres
    inputs: { in: news }
    config: { connection: shop, schema: ${schema}, table: copy, mode: append }
`

describeService('postgres', 'a dry run of an incremental extract', (server) => {
  test('counts what the next run would load, and moves nothing', { timeout: 60_000 }, async () => {
    const place = await temporarySchema(server)
    onTestFinished(() => place.close())
    await place.run(
      'CREATE TABLE news(id int PRIMARY KEY, title text)',
      "INSERT INTO news SELECT n, 'title ' || n FROM generate_series(1, 275) AS n",
    )
    const folder = await temporaryFolder()
    vi.stubEnv('LOGIDATA_HOME', join(folder, 'home'))
    vi.stubEnv('LOGIDATA_SECRET_SHOP_PASSWORD', server.password)
    const { host, port, database, user } = server
    const connection = { type: 'postgres', settings: { host, port, database, user, tls: 'off' } }
    const connections = { format: 'logidata-connections/v1', connections: { shop: connection } }
    const file = join(folder, 'pipelines/news.pipeline.yaml')
    await mkdir(join(folder, 'pipelines'))
    await writeFile(join(folder, 'connections.yaml'), JSON.stringify(connections))
    await writeFile(file, pipelineOf(place.schema))
    const run = async (...more: string[]) => {
      const { code, out, told } = await logidata('run', file, '--json', '--project', folder, ...more)
      expect(code, told).toBe(0)
      return JSON.parse(out)
    }
    const wouldLoad = async () => (await run('--dry-run')).forecasts[0].rows.new
    const loaded = async () => (await place.client.query('SELECT count(*) FROM copy')).rows

    // Twice the same: the first moved nothing.
    expect([await wouldLoad(), await wouldLoad()]).toEqual(['275', '275'])
    await run()
    expect(await loaded()).toEqual([['275']])
    expect(await wouldLoad()).toBe('0')
    await place.run("INSERT INTO news VALUES (276, 'new'), (277, 'new')")
    expect([await wouldLoad(), await wouldLoad()]).toEqual(['2', '2'])
    expect(await loaded()).toEqual([['275']])
    await run()
    expect(await loaded()).toEqual([['277']])
  })
})
