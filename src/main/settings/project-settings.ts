import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  PROJECT_SETTINGS_FILE,
  type ProjectSettings,
  type ProjectSettingsPatch,
  parseProjectSettings,
} from '../../shared/runs/storage.ts'
import { writeAtomically } from '../files/write-atomically.ts'

/** The defaults where there is no file, or none that can be read. */
export async function readProjectSettings(projectRoot: string): Promise<ProjectSettings> {
  return parseProjectSettings(await readFile(join(projectRoot, PROJECT_SETTINGS_FILE), 'utf8').catch(() => ''))
}

/** Changes the given ones. @throws LogiDataError `file.*` */
export async function writeProjectSettings(projectRoot: string, patch: ProjectSettingsPatch): Promise<ProjectSettings> {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const settings = { ...(await readProjectSettings(projectRoot)), ...given }
  await writeAtomically(join(projectRoot, PROJECT_SETTINGS_FILE), `${JSON.stringify(settings, null, 2)}\n`)
  return settings
}
