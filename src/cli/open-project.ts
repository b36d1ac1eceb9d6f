import { resolve } from 'node:path'
import { grantedEnvironment } from '../main/environment/granted-environment.ts'
import { openJournalToRead } from '../main/journal/open-journal.ts'
import { JournalReader } from '../main/journal/read-journal.ts'
import { type HeadlessRuns, openRuns } from '../main/runs/headless.ts'
import type { CommandContext } from './context.ts'
import { waiting } from './follow-run.ts'
import { nearestProject } from './project-root.ts'

/** Options of every command about a project as a whole. */
export interface ProjectOptions {
  readonly project?: string
  readonly json?: boolean
  /** Names of variables that pipelines may read. */
  readonly env?: readonly string[]
}

export const projectFolder = ({ project }: ProjectOptions): string =>
  resolve(project ?? nearestProject(process.cwd()) ?? process.cwd())

/** Reads the journal, whoever owns the project. It is absent where nothing ever ran. @throws LogiDataError `journal.*` */
export async function withJournal<T>(
  options: ProjectOptions,
  work: (journal: JournalReader | undefined) => T | Promise<T>,
): Promise<T> {
  const db = openJournalToRead(projectFolder(options))
  try {
    return await work(db && new JournalReader(db))
  } finally {
    db?.close()
  }
}

/** Works as the owner of the project, or through the studio that is; another command is waited for. @throws LogiDataError */
export async function withProject<T>(
  command: string,
  options: ProjectOptions,
  context: CommandContext,
  work: (runs: HeadlessRuns) => Promise<T>,
): Promise<T> {
  const runs = await openRuns({
    projectRoot: projectFolder(options),
    application: `logidata ${command}`,
    engine: () => context.engine(),
    environment: (document) => grantedEnvironment(document, new Set(options.env ?? []), process.env),
    onWait: (owner) => context.terminal.say(waiting(owner)),
    signal: context.signal,
  })
  try {
    return await work(runs)
  } finally {
    await runs.close()
  }
}
