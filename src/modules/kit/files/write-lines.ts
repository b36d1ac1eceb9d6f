import type { Cell } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { LoadRequest, LoadResult } from '../contract.ts'
import type { Sql } from '../sql.ts'
import { appendBytes, copyWhole } from './append-bytes.ts'
import { compressionOf, readText } from './text-stream.ts'
import { writeFileTarget } from './write-file.ts'
import { writeText } from './write-text.ts'

interface LineConfig {
  readonly path: string
  readonly mode: 'overwrite' | 'append' | 'fail'
  readonly line_end: 'lf' | 'crlf'
  readonly encoding: 'utf-8' | 'utf-16le' | 'windows-1252'
  readonly compression: 'auto' | 'none' | 'gzip' | 'zstd'
}

export interface Lines {
  /** The first column is the line; the second, where there is one, the reason why there is none. */
  readonly query: Sql
  readonly header?: string | undefined
  readonly footer?: string | undefined
  /** What is wrong with the first line of a file to which lines are to be added. */
  readonly misfit?: (first: string) => string | undefined
  /** The error of a row, counted from 1, that has a reason. */
  readonly refuse: (reason: string, row: bigint) => Error
}

/** Writes lines as they come; memory stays bounded. An existing file gets neither header nor byte order mark again. */
export function writeLines(request: LoadRequest<LineConfig>, lines: Lines): Promise<LoadResult> {
  const { config, session, signal } = request
  const compression = compressionOf(config.compression, config.path)
  const end = config.line_end === 'crlf' ? '\r\n' : '\n'
  async function* pieces(count: { rows: bigint }, fresh: boolean): AsyncGenerator<Uint8Array> {
    if (fresh && config.encoding === 'utf-16le') yield Buffer.from([0xff, 0xfe])
    if (fresh && lines.header !== undefined) yield encoded(lines.header + end, config.encoding)
    for await (const batch of session.stream(lines.query)) {
      signal.throwIfAborted()
      let text = ''
      for (const row of batch as readonly (readonly Cell[])[]) {
        count.rows++
        const reason = row[1] ?? null
        if (reason !== null) throw lines.refuse(reason, count.rows)
        text += (row[0] ?? '') + end
      }
      yield encoded(text, config.encoding)
    }
    if (lines.footer !== undefined) yield encoded(lines.footer + end, config.encoding)
  }
  const write = async (to: string, fresh: boolean) => {
    const count = { rows: 0n }
    await writeText(to, compression, pieces(count, fresh))
    return count.rows
  }
  return writeFileTarget(request, config.path, config.mode, {
    ending: 'txt',
    create: (temporary) => write(temporary, true),
    async append(temporary, existing, part) {
      await checkLayout(existing)
      const rows = await write(part, false)
      await copyWhole(existing, temporary)
      const separator = config.encoding === 'utf-16le' ? '\n\0' : '\n'
      await appendBytes(temporary, part, compression === 'none' ? separator : undefined)
      return rows
    },
  })

  /** Lines after those of another layout would be read as it, without anybody noticing. */
  async function checkLayout(existing: string): Promise<void> {
    if (lines.header === undefined && lines.misfit === undefined) return
    const first = await firstLine(existing)
    if (first === undefined) return
    const reason =
      lines.header !== undefined && first !== lines.header
        ? `its first line is “${first.slice(0, 100)}”, not “${lines.header.slice(0, 100)}”`
        : lines.misfit?.(first)
    if (reason === undefined) return
    throw userError('target.layout-differs', `The lines do not fit those of ${config.path}: ${reason}.`, {
      hint: 'Give this step the layout of the file, write to another file, or replace it.',
      field: ['mode'],
    })
  }

  async function firstLine(path: string): Promise<string | undefined> {
    let text: string | undefined
    const options = { compression, encoding: config.encoding, invalid: 'fail', signal } as const
    for await (const piece of readText({ path, name: config.path }, options)) {
      text = (text ?? '') + piece
      const end = text.search(/[\r\n]/)
      if (end !== -1) return text.slice(0, end)
    }
    return text === '' ? undefined : text
  }
}

const WINDOWS = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('windows-1252').decode(Uint8Array.of(byte)), byte]),
)

function encoded(text: string, encoding: LineConfig['encoding']): Uint8Array {
  if (encoding !== 'windows-1252') return Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'utf16le')
  const bytes: number[] = []
  for (const character of text) {
    const byte = WINDOWS.get(character)
    if (byte === undefined)
      throw userError('encoding.unwritable', `The character "${character}" does not exist in ${encoding}.`, {
        hint: 'Write UTF-8, or replace such characters before this step.',
        field: ['encoding'],
      })
    bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}
