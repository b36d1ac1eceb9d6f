import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { moduleOf } from '../../modules/catalogue.ts'
import type { Module } from '../../modules/kit/contract.ts'
import type { JsonValue, PipelineDocument } from '../../shared/pipeline/document.ts'
import { Project } from '../project.ts'
import { ProjectSession, type SessionOptions } from '../session.ts'

export interface TestNode {
  readonly type: string
  readonly inputs?: Record<string, string>
  readonly config?: Record<string, JsonValue>
}

export interface TemporaryProject {
  readonly root: string
  readonly project: Project
  /** Writes a file into the project; the path is relative. */
  write(path: string, content: string | Uint8Array): void
  /** Makes a Parquet file of a query. */
  parquet(path: string, query: string): Promise<void>
  close(): Promise<void>
}

/** A project in a folder of its own, with a real engine, gone after `close`. */
export async function temporaryProject(
  options: Omit<SessionOptions, 'projectRoot'> & { moduleOf?: (type: string) => Module | undefined } = {},
): Promise<TemporaryProject> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'logidata-engine-')))
  const session = await ProjectSession.open({ ...options, projectRoot: root })
  return {
    root,
    project: new Project(session, options.moduleOf ?? moduleOf),
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    },
    async parquet(path, query) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      await session.define(`COPY (${query}) TO '${join(root, path)}' (FORMAT parquet)`)
    },
    async close() {
      await session.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

export const pipeline = (nodes: Record<string, TestNode>, more: Partial<PipelineDocument> = {}) => ({
  document: { format: 'logidata/v1' as const, name: 'Test', ...more, nodes },
  parameters: {},
  env: {},
})

export const never: AbortSignal = new AbortController().signal

/** The information of the error that a promise ends with. */
export async function errorOf(promise: Promise<unknown>): Promise<{ code: string; message: string; nodeId?: string }> {
  try {
    await promise
  } catch (thrown) {
    if (typeof thrown === 'object' && thrown !== null && 'info' in thrown)
      return thrown.info as { code: string; message: string; nodeId?: string }
    throw thrown
  }
  throw new Error('nothing was thrown')
}
