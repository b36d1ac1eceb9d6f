import { LogiDataError, operationalError } from '../../shared/errors.ts'

const explanations: Readonly<Record<string, readonly [code: string, message: string, hint?: string]>> = {
  ENOENT: ['file.not-found', 'There is no file or folder'],
  ENOTDIR: ['file.not-found', 'A part of the path is not a folder:'],
  EACCES: ['file.no-permission', 'The system does not allow access to', 'Check its permissions.'],
  EPERM: ['file.no-permission', 'The system does not allow this for', 'Check its permissions.'],
  EROFS: ['file.no-permission', 'The disk is read-only:', 'Choose a folder that can be written.'],
  EISDIR: ['file.is-folder', 'This is a folder, not a file:'],
  ENOSPC: ['file.disk-full', 'The disk is full; nothing was changed:', 'Make room and try again.'],
  EDQUOT: ['file.disk-full', 'The disk quota is used up; nothing was changed:', 'Make room and try again.'],
  ENAMETOOLONG: ['file.name-too-long', 'The name is too long:'],
  EMFILE: ['file.too-many-open', 'Too many files are open; could not open', 'Try again in a moment.'],
}

/** Turns what `node:fs` threw about `path` into an error for people; passes others on unchanged. */
export function toOperationalError(thrown: unknown, path: string): unknown {
  if (thrown instanceof LogiDataError || !(thrown instanceof Error) || !('code' in thrown)) return thrown
  const code = String(thrown.code)
  const [errorCode, message, hint] = explanations[code] ?? ['file.failed', `The file system answered ${code} for`]
  return operationalError(errorCode, `${message} ${path}`, { cause: thrown, ...(hint === undefined ? {} : { hint }) })
}
