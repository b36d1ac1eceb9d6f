import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { isOfDeadProcess, releaseTemporary, temporaryPath } from '../../kit/files/temporary-names.ts'

const noteSchema = z.object({
  /** Tells whether the process that wrote it lives. */
  writer: z.string(),
  /** Milliseconds since 1970. */
  since: z.number(),
  /** Uploads to the same name that had been begun before. */
  before: z.array(z.string()),
  upload: z.string().optional(),
})
export type UploadNote = z.infer<typeof noteSchema>

/** Between what is about to begin is written down and the store's answer. */
const BEGINNING_MS = 120_000

/** Written before an upload is begun, and again with its number: whoever dies in between has said which one it can be. */
export async function writeNote(path: string, before: readonly string[], upload?: string): Promise<void> {
  const own = temporaryPath(path, 'part')
  releaseTemporary(own)
  const note: UploadNote = { writer: basename(own), since: Date.now(), before: [...before], upload }
  await writeFile(path, JSON.stringify(note))
}

/** What attempts before left: this load's own, whatever its process, and those of other loads of the same name whose processes are dead. */
export async function notesLeft(
  path: string,
): Promise<{ readonly path: string; readonly note: UploadNote | undefined }[]> {
  const folder = dirname(path)
  const stem = basename(path).replace(/-[^-]*$/, '-')
  const found: { path: string; note: UploadNote | undefined }[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(stem)) continue
    const one = join(folder, name)
    const note = parsed(await readFile(one, 'utf8').catch(() => ''))
    if (one === path || (note && (await isOfDeadProcess(one, note.writer)))) found.push({ path: one, note })
  }
  return found
}

export const removeNote = (path: string): Promise<void> => rm(path, { force: true })

/** Whether an upload that a store lists is the one that a note is of. */
export function isNoted({ upload, before, since }: UploadNote, id: string, initiated: number | undefined): boolean {
  if (upload !== undefined) return upload === id
  return !before.includes(id) && initiated !== undefined && Math.abs(initiated - since) < BEGINNING_MS
}

function parsed(text: string): UploadNote | undefined {
  try {
    return noteSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
