import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { userError } from '../../shared/errors.ts'
import { SCHEDULES_FILE, type Schedules } from '../../shared/schedules/document.ts'
import { type ReadSchedules, readSchedules } from '../../shared/schedules/read-schedules.ts'
import { writeSchedules } from '../../shared/schedules/write-schedules.ts'
import { toOperationalError } from '../files/file-errors.ts'
import { Serial } from '../files/serial.ts'
import { createExclusively, writeAtomically } from '../files/write-atomically.ts'

export interface ScheduleFileState extends ReadSchedules {
  /** Absent while there is no file. */
  readonly revision?: string
}

/** A project's `schedules.yaml`. */
export class ScheduleFile {
  readonly path: string
  readonly #serial = new Serial()

  constructor(root: string) {
    this.path = join(root, SCHEDULES_FILE)
  }

  /** @throws LogiDataError `file.*` */
  async read(): Promise<ScheduleFileState> {
    const text = await this.#text()
    if (text === undefined) return { complete: true, problems: [], positions: { at: () => undefined } }
    return { ...readSchedules(text), revision: revisionOf(text) }
  }

  /** @throws LogiDataError `schedules.conflict`, `schedules.incomplete`, `file.*` */
  save(revision: string | undefined, document: Schedules): Promise<string> {
    return this.#serial.run(this.path, async () => {
      const before = await this.#text()
      if ((before === undefined ? undefined : revisionOf(before)) !== revision) throw conflict()
      if (before !== undefined && !readSchedules(before).complete)
        throw userError(
          'schedules.incomplete',
          `${SCHEDULES_FILE} has faults, and saving would lose what they are in.`,
          {
            hint: 'Mend the file by hand first; the list of problems says where.',
          },
        )
      const text = writeSchedules(document, before)
      if (before === undefined) {
        if (!(await createExclusively(this.path, text))) throw conflict()
      } else if (text !== before) await writeAtomically(this.path, text)
      return revisionOf(text)
    })
  }

  async #text(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8')
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
      throw toOperationalError(thrown, this.path)
    }
  }
}

const revisionOf = (text: string) => createHash('sha256').update(text).digest('hex')

const conflict = () =>
  userError('schedules.conflict', `${SCHEDULES_FILE} was changed on disk meanwhile.`, {
    hint: 'Look at it as it is now, and change it again.',
  })
