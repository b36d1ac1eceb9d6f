import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import type { Cell } from '../../../shared/engine/types.ts'
import { connectionTo, noFiles } from '../../connectors/http/testing.ts'
import { httpLookupDescriptor } from './descriptor.ts'
import { httpLookup } from './implementation.ts'

// What it does in runs and previews is tested where they are: src/workers/sources/http-lookup.test.ts.

describeService('api', 'A web look-up', (server) => {
  test('asks a real API behind a login, and gives rows in the types that it said', async () => {
    const staging = mkdtempSync(join(tmpdir(), 'logidata-lookup-'))
    onTestFinished(() => rmSync(staging, { recursive: true, force: true }))
    const config = httpLookupDescriptor.config.parse({
      connection: 'api',
      path: '/secure/bearer/all/artist/$id',
      columns: [
        { name: 'artist', path: 'name' },
        { name: 'number', path: 'artist_id', type: 'BIGINT' },
      ],
      on_missing: 'reject',
    })
    const inputs = new Map([['in', [{ name: 'id', type: 'INTEGER' }]]])
    const parameters = new Map()
    const columns = httpLookup.columns({ config, inputs, parameters })
    expect(columns['out']).toEqual([
      { name: 'id', type: 'INTEGER' },
      { name: 'artist', type: 'VARCHAR' },
      { name: 'number', type: 'BIGINT' },
    ])
    const written: Record<string, unknown[]> = { out: [], reject: [] }
    await httpLookup.process({
      nodeId: 'look',
      config,
      inputs,
      parameters,
      connection: connectionTo(server.url, { auth: 'bearer' }, { token: server.bearer }),
      files: { ...noFiles, staging, output: () => Promise.reject(new Error('no output')) },
      async *rows() {
        const rows: Cell[][] = [['2'], [null], ['1']]
        yield rows
      },
      write: async (port, rows) => {
        written[port]?.push(...rows)
      },
      signal: new AbortController().signal,
    })
    expect(written).toEqual({
      out: [
        [2, 'Accept', 2n],
        [1, 'AC/DC', 1n],
      ],
      reject: [[null, 'the API knows nothing of it']],
    })
  })
})
