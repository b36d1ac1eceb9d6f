import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { operationalError } from '../../../shared/errors.ts'

const run = promisify(execFile)

/** Makes a named pipe that only its owner can open. @returns false where the system has none @throws LogiDataError `pipe.failed` */
export async function makePipe(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  try {
    await run('mkfifo', ['-m', '600', path])
    return true
  } catch (cause) {
    // Folders on network and Windows disks cannot hold one, small systems lack the program: files do as well.
    const { code } = cause as { code?: unknown }
    if (code === 'ENOENT' || code === 1) return false
    throw operationalError('pipe.failed', 'A named pipe could not be made in the project’s folder.', {
      hint: 'Check the permissions of the folder and that programs can be started.',
      cause,
    })
  }
}
