import { mkdir, readdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { userError } from '../../shared/errors.ts'
import type { TestEntry, TestFileText } from '../../shared/rpc/app/tests.ts'
import { readTest } from '../../shared/tests/read-test.ts'
import { casesOf, type Given, TEST_SUFFIX, TESTS_FOLDER, type TestFile } from '../../shared/tests/test-file.ts'
import { csvOf } from '../../shared/tests/update-test.ts'
import { writeTest } from '../../shared/tests/write-test.ts'
import { toOperationalError } from '../files/file-errors.ts'
import { resolveInside } from '../files/resolve-inside.ts'
import { Serial } from '../files/serial.ts'
import { createExclusively, writeAtomically } from '../files/write-atomically.ts'
import { decode, fileStem, readBytes, revisionOf } from '../projects/pipeline-files.ts'

const isTestName = (name: string): boolean => name.endsWith(TEST_SUFFIX) && !name.startsWith('.')

/** Reads and writes the test files of a project, in `tests/` and the folders below it. Paths are relative to the project. */
export class TestFiles {
  readonly #root: string
  readonly #serial = new Serial()

  constructor(root: string) {
    this.#root = root
  }

  /** Paths, sorted; none where there is no folder of tests. */
  async paths(): Promise<string[]> {
    const found: string[] = []
    const folders = [TESTS_FOLDER]
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      const entries = await readdir(join(this.#root, folder), { withFileTypes: true }).catch(() => [])
      for (const entry of entries) {
        const path = `${folder}/${entry.name}`
        if (entry.isDirectory() && !entry.name.startsWith('.')) folders.push(path)
        else if (entry.isFile() && isTestName(entry.name)) found.push(path)
      }
    }
    return found.sort()
  }

  async list(): Promise<TestEntry[]> {
    const files = await Promise.all((await this.paths()).map((path) => this.read(path).catch(() => undefined)))
    return files.flatMap((one): TestEntry[] => {
      if (!one) return []
      const { path, file, problems } = one
      const name = file?.name ?? basename(path, TEST_SUFFIX)
      const cases = file ? casesOf(file).map((each) => each.name) : []
      return [{ path, name, cases, problems, ...(file ? { pipeline: file.pipeline } : {}) }]
    })
  }

  /** @throws LogiDataError `file.*`, `test.path`, `pipeline.encoding` */
  async read(path: string): Promise<TestFileText> {
    const bytes = await readBytes(await this.#resolve(path), path)
    const text = decode(bytes, path)
    const { file, problems } = readTest(text)
    return { path, revision: revisionOf(bytes), text, problems, ...(file ? { file } : {}) }
  }

  /** Keeps comments. @throws LogiDataError `test.conflict` if the file is no longer at `revision`; `file.*`, `test.path` */
  async save(path: string, revision: string, file: TestFile): Promise<{ path: string; revision: string }> {
    const absolute = await this.#resolve(path)
    return this.#serial.run(absolute, async () => {
      const before = await readBytes(absolute, path).catch(() => undefined)
      if (!before || revisionOf(before) !== revision)
        throw userError(
          'test.conflict',
          `“${path}” was changed by another program since it was read; nothing was saved.`,
          {
            hint: 'Read it again.',
          },
        )
      const after = Buffer.from(writeTest(file, decode(before, path)))
      if (!after.equals(before)) await writeAtomically(absolute, after)
      return { path, revision: revisionOf(after) }
    })
  }

  /** In a new file that is named after the test, never over one that exists. */
  async create(given: TestFile, options: { files?: boolean } = {}): Promise<{ path: string; revision: string }> {
    const stem = fileStem(given.name)
    const file = options.files ? await this.#withFiles(given, stem) : given
    const text = writeTest(file)
    for (let attempt = 1; ; attempt++) {
      const path = `${TESTS_FOLDER}/${attempt === 1 ? stem : `${stem}-${attempt}`}${TEST_SUFFIX}`
      const absolute = await this.#resolve(path)
      if (await createExclusively(absolute, text)) return { path, revision: revisionOf(Buffer.from(text)) }
    }
  }

  /** The same test with its given rows in files of their own. */
  async #withFiles(file: TestFile, stem: string): Promise<TestFile> {
    const given: Record<string, Given> = {}
    for (const [output, { columns, rows, ...rest }] of Object.entries(file.given ?? {})) {
      if (!columns || !rows) {
        given[output] = { ...rest, ...(columns ? { columns } : {}), ...(rows ? { rows } : {}) }
        continue
      }
      const path = `${TESTS_FOLDER}/data/${stem}/${output}.csv`
      await this.writeData(path, csvOf(columns, rows))
      given[output] = { columns, file: path }
    }
    return { ...file, given }
  }

  /** Rows that a test reads. @throws LogiDataError `file.*`, `test.path` for what is not below `tests/` */
  async writeData(path: string, text: string): Promise<void> {
    if (!path.startsWith(`${TESTS_FOLDER}/`) || !path.endsWith('.csv'))
      throw userError('test.path', `“${path}” is not written: it is no CSV file in ${TESTS_FOLDER}/.`)
    await writeAtomically(await resolveInside(this.#root, path), text)
  }

  /** Moves the file to `.logidata/trash`, from where a person can take it back. */
  async remove(path: string): Promise<void> {
    const absolute = await this.#resolve(path)
    try {
      const trash = await resolveInside(this.#root, '.logidata/trash')
      await mkdir(trash, { recursive: true })
      await rename(absolute, join(trash, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${basename(absolute)}`))
    } catch (thrown) {
      throw toOperationalError(thrown, path)
    }
  }

  async #resolve(path: string): Promise<string> {
    const absolute = await resolveInside(this.#root, path)
    if (!path.startsWith(`${TESTS_FOLDER}/`) || !isTestName(basename(absolute)))
      throw userError('test.path', `“${path}” is not a test.`, {
        hint: `Tests are files ${TESTS_FOLDER}/NAME${TEST_SUFFIX}.`,
      })
    return absolute
  }
}
