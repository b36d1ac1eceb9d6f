// The requests of SFTP (version 3) on a folder; no path leads out of it.
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  truncate,
  utimes,
} from 'node:fs/promises'
import { join, posix } from 'node:path'
import ssh2 from 'ssh2'

const { STATUS_CODE, flagsToString } = ssh2.utils.sftp

type Handle = { readonly file: FileHandle } | { readonly folder: string; done: boolean }

/** What a failed call of the system is in SFTP. */
function statusOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS_CODE.NO_SUCH_FILE
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return STATUS_CODE.PERMISSION_DENIED
  return STATUS_CODE.FAILURE
}

function attributes(of: Awaited<ReturnType<typeof stat>>): ssh2.Attributes {
  const seconds = (milliseconds: number | bigint) => Math.floor(Number(milliseconds) / 1000)
  return {
    mode: Number(of.mode),
    uid: Number(of.uid),
    gid: Number(of.gid),
    size: Number(of.size),
    atime: seconds(of.atimeMs),
    mtime: seconds(of.mtimeMs),
  }
}

export function serveFiles(sftp: ssh2.SFTPWrapper, root: string): void {
  const handles = new Map<number, Handle>()
  let last = 0
  const keep = (handle: Handle): Buffer => {
    last += 1
    handles.set(last, handle)
    const id = Buffer.alloc(4)
    id.writeUInt32BE(last)
    return id
  }
  const handleOf = (id: Buffer): Handle => {
    const handle = id.length === 4 ? handles.get(id.readUInt32BE()) : undefined
    if (handle === undefined) throw new Error('the handle is unknown')
    return handle
  }
  const fileOf = (id: Buffer): FileHandle => {
    const handle = handleOf(id)
    if (!('file' in handle)) throw new Error('the handle is a folder')
    return handle.file
  }
  const local = (path: string) => join(root, posix.resolve('/', path))
  const answer = (request: number, work: () => Promise<void>) => {
    work().catch((error: unknown) => sftp.status(request, statusOf(error), error instanceof Error ? error.message : ''))
  }
  const done = (request: number, work: () => Promise<unknown>) => {
    answer(request, async () => {
      await work()
      sftp.status(request, STATUS_CODE.OK)
    })
  }

  sftp.on('OPEN', (request, path, flags, given) => {
    answer(request, async () => {
      const file = await open(local(path), flagsToString(flags) ?? 'r', given.mode ?? 0o644)
      sftp.handle(request, keep({ file }))
    })
  })
  sftp.on('READ', (request, id, offset, length) => {
    answer(request, async () => {
      const buffer = Buffer.alloc(Math.min(length, 262_144))
      const { bytesRead } = await fileOf(id).read(buffer, 0, buffer.length, offset)
      if (bytesRead === 0) sftp.status(request, STATUS_CODE.EOF)
      else sftp.data(request, buffer.subarray(0, bytesRead))
    })
  })
  sftp.on('WRITE', (request, id, offset, data) => {
    done(request, async () => await fileOf(id).write(data, 0, data.length, offset))
  })
  sftp.on('CLOSE', (request, id) => {
    done(request, async () => {
      const handle = handleOf(id)
      handles.delete(id.readUInt32BE())
      if ('file' in handle) await handle.file.close()
    })
  })
  sftp.on('OPENDIR', (request, path) => {
    answer(request, async () => {
      if (!(await stat(local(path))).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' })
      sftp.handle(request, keep({ folder: local(path), done: false }))
    })
  })
  sftp.on('READDIR', (request, id) => {
    answer(request, async () => {
      const handle = handleOf(id)
      if ('file' in handle) throw new Error('the handle is a file')
      if (handle.done) {
        sftp.status(request, STATUS_CODE.EOF)
        return
      }
      handle.done = true
      const names = (await readdir(handle.folder)).sort()
      const entries = names.map(async (filename) => {
        const of = await lstat(join(handle.folder, filename))
        const kind = of.isDirectory() ? 'd' : '-'
        const longname = `${kind}rw-r--r-- 1 chinook chinook ${of.size} ${of.mtime.toISOString().slice(0, 10)} ${filename}`
        return { filename, longname, attrs: attributes(of) }
      })
      sftp.name(request, await Promise.all(entries))
    })
  })
  const look = (follow: typeof stat | typeof lstat) => (request: number, path: string) => {
    answer(request, async () => sftp.attrs(request, attributes(await follow(local(path)))))
  }
  sftp.on('STAT', look(stat))
  sftp.on('LSTAT', look(lstat))
  sftp.on('FSTAT', (request, id) => {
    answer(request, async () => sftp.attrs(request, attributes(await fileOf(id).stat())))
  })
  const change = async (path: string, { size, atime, mtime }: ssh2.Attributes) => {
    if (size !== undefined) await truncate(path, size)
    if (atime !== undefined && mtime !== undefined) await utimes(path, atime, mtime)
  }
  sftp.on('SETSTAT', (request, path, given) => done(request, async () => await change(local(path), given)))
  sftp.on('FSETSTAT', (request, _, given) => done(request, async () => given))
  sftp.on('REALPATH', (request, path) => {
    const filename = posix.resolve('/', path)
    sftp.name(request, [
      { filename, longname: filename, attrs: { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 } },
    ])
  })
  sftp.on('REMOVE', (request, path) => done(request, async () => await rm(local(path))))
  sftp.on('RMDIR', (request, path) => done(request, async () => await rmdir(local(path))))
  sftp.on('MKDIR', (request, path) => done(request, async () => await mkdir(local(path))))
  sftp.on('RENAME', (request, from, to) => {
    done(request, async () => {
      // Version 3 does not write over what is there; OpenSSH keeps to that too.
      const there = await lstat(local(to)).catch(() => undefined)
      if (there !== undefined) throw new Error('the target exists')
      await rename(local(from), local(to))
    })
  })
  sftp.on('close', () => {
    for (const handle of handles.values()) if ('file' in handle) handle.file.close().catch(() => undefined)
    handles.clear()
  })
}
