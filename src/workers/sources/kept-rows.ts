import { readStaged, type StagedResult } from '../run/staged-results.ts'
import type { ProjectSession } from '../session.ts'
import { readWhole, SOURCES_FOLDER } from './discovery-record.ts'
import type { SourceFacts } from './sources.ts'

/** All rows of a source as they were read last, and when. */
export interface KeptRows {
  readonly staged: StagedResult
  readonly hash: string
  readonly at: string
}

/** By a run, or by a preview that saw all of them; undefined: there are none. */
export async function keptRows(session: ProjectSession, { key, at }: SourceFacts): Promise<KeptRows | undefined> {
  const whole = await readWhole(session, key)
  const ofRun = whole && (await readStaged(session, whole.hash))
  if (ofRun) return { staged: ofRun, hash: whole.hash, at: whole.at }
  const seen = await readStaged(session, key, undefined, SOURCES_FOLDER)
  return seen && isWhole(seen.about) ? { staged: seen, hash: key, at } : undefined
}

const isWhole = (about: unknown): boolean =>
  typeof about === 'object' && about !== null && 'complete' in about && about.complete === true
