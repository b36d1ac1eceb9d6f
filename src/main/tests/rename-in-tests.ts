import { type RenamedColumns, renameInTest } from '../../shared/tests/rename-columns.ts'
import type { TestFiles } from './test-files.ts'

/**
 * The tests of a pipeline with columns that have another name now. Files that cannot be read are left as they are.
 * @param pipeline its file, relative to the project
 * @param dryRun nothing is written
 * @returns the files that name such a column
 * @throws LogiDataError `test.conflict`, `file.*`
 */
export async function renameInTests(
  tests: TestFiles,
  pipeline: string,
  columns: RenamedColumns,
  dryRun: boolean,
): Promise<string[]> {
  const changed: string[] = []
  for (const path of await tests.paths()) {
    const { file, revision } = await tests.read(path)
    if (file?.pipeline !== pipeline) continue
    const next = renameInTest(file, columns)
    if (next === file) continue
    if (!dryRun) await tests.save(path, revision, next)
    changed.push(path)
  }
  return changed
}
