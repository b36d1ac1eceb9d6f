import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { startEngine } from '../../src/main/engine/supervisor.ts'
import type { PipelineDocument } from '../../src/shared/pipeline/document.ts'
import type { RpcClient } from '../../src/shared/rpc/contract.ts'
import type { EngineContract } from '../../src/shared/rpc/engine-contract.ts'

const FLIGHTS = fileURLToPath(new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url))

export type EngineClient = RpcClient<EngineContract>

/** A project folder with the 3-million-row file in it; files outside a project are not read. */
export function flightsProject(folder: string): string {
  const root = join(folder, 'project')
  mkdirSync(join(root, 'data'), { recursive: true })
  mkdirSync(join(root, 'out'), { recursive: true })
  copyFileSync(FLIGHTS, join(root, 'data/flights.parquet'))
  return root
}

/** The real engine process, warmed up by one request, and ended afterwards. */
export async function withEngine<T>(folder: string, work: (client: EngineClient) => Promise<T>): Promise<T> {
  const engine = startEngine({})
  try {
    await engine.client.call('analyse', { projectRoot: folder, document: emptyDocument })
    return await work(engine.client)
  } finally {
    await engine.close()
  }
}

const emptyDocument: PipelineDocument = { format: 'logidata/v1', name: 'Empty', nodes: {} }

/** Runs a pipeline to its end. @throws Error if it did not succeed. */
export async function runPipeline(
  client: EngineClient,
  projectRoot: string,
  document: PipelineDocument,
  rowCounts: 'exact' | 'none',
): Promise<void> {
  const events = client.stream('run', { projectRoot, document, runId: crypto.randomUUID(), rowCounts })
  for await (const event of events) {
    if (event.kind === 'finished' && event.state !== 'succeeded') {
      throw new Error(event.error?.message ?? `the run ${event.state}`)
    }
  }
}

export interface Reference {
  /** Runs a statement and fetches what it gives. */
  run(sql: string): Promise<void>
  close(): void
}

/** Bare DuckDB in this process, with its own defaults: what everything is compared with. */
export async function openReference(): Promise<Reference> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  return {
    async run(sql) {
      const reader = await connection.runAndReadAll(sql)
      reader.getRows()
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
