import { open } from 'node:fs/promises'
import { posix } from 'node:path'
import { type LogiDataError, userError } from '../../../shared/errors.ts'
import type { InputFile } from '../../kit/contract.ts'
import { attributeOf, type XmlSink } from '../../kit/files/xml-scanner.ts'
import { corrupt, openZip, type ZipArchive } from '../../kit/files/zip-archive.ts'
import { kindOfBuiltIn, kindOfFormat, type NumberKind } from './serials.ts'
import { readXmlPart } from './xml-part.ts'

export interface SheetPart {
  readonly name: string
  /** In the order of the tabs, from 1. */
  readonly number: number
  readonly hidden: boolean
  readonly part: string
}

/** A name for a part of a sheet: a defined name or a table. */
export interface NamedArea {
  readonly name: string
  readonly sheet: string
  readonly area: string
  /** Of a table. */
  readonly headerRows?: number
  readonly totalRows?: number
}

export interface Workbook {
  readonly archive: ZipArchive
  readonly shown: string
  readonly sheets: readonly SheetPart[]
  readonly names: readonly NamedArea[]
  readonly system1904: boolean
  /** By the index that a cell's `s` names. */
  readonly kinds: readonly NumberKind[]
  readonly sharedStrings: string | undefined
}

const OLD_FORMAT = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])

/** @throws LogiDataError `excel.password`, `excel.old-format`, `excel.not-a-workbook`, `archive.corrupt` */
export async function openWorkbook(file: InputFile, signal: AbortSignal): Promise<Workbook> {
  await refuseOthers(file)
  const archive = await openZip(file.path, file.name)
  try {
    return await readWorkbook(archive, file.name, signal)
  } catch (error) {
    archive.close()
    throw error
  }
}

async function readWorkbook(archive: ZipArchive, shown: string, signal: AbortSignal): Promise<Workbook> {
  if (!archive.has('[Content_Types].xml')) throw notAWorkbook(shown, archive)
  const root = await relationsOf(archive, '', shown, signal)
  const main =
    [...root.values()].find((relation) => relation.type.endsWith('/officeDocument'))?.target ?? 'xl/workbook.xml'
  if (main.endsWith('.bin')) throw oldFormat(shown, 'binary workbook (.xlsb)')
  if (!archive.has(main)) throw notAWorkbook(shown, archive)
  const relations = await relationsOf(archive, main, shown, signal)
  const found = { sheets: [] as SheetPart[], defined: [] as { name: string; text: string }[], system1904: false }
  let naming: { name: string; text: string } | undefined
  const sink: XmlSink = {
    open(name, attributes) {
      if (name === 'workbookPr') found.system1904 = /^(1|true|on)$/.test(attributeOf(attributes, 'date1904') ?? '')
      if (name === 'definedName') naming = { name: attributeOf(attributes, 'name') ?? '', text: '' }
      if (name !== 'sheet') return
      const id = /\s[\w.-]+:id\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1] ?? ''
      const relation = relations.get(id)
      // Charts and dialogs are tabs too, without cells.
      if (!relation?.type.endsWith('/worksheet')) return
      const hidden = (attributeOf(attributes, 'state') ?? 'visible') !== 'visible'
      const number = found.sheets.length + 1
      found.sheets.push({ name: attributeOf(attributes, 'name') ?? '', number, hidden, part: relation.target })
    },
    close(name) {
      if (name === 'definedName' && naming) found.defined.push(naming)
      if (name === 'definedName') naming = undefined
    },
    text(text) {
      if (naming) naming.text += text
    },
  }
  await readXmlPart(archive, main, shown, sink, signal)
  const part = (ending: string) => [...relations.values()].find((relation) => relation.type.endsWith(ending))?.target
  const styles = part('/styles')
  const shared = part('/sharedStrings')
  return {
    archive,
    shown,
    sheets: found.sheets,
    names: [
      ...found.defined.flatMap(({ name, text }) => definedArea(name, text)),
      ...(await tablesOf(archive, found.sheets, shown, signal)),
    ],
    system1904: found.system1904,
    kinds: styles && archive.has(styles) ? await kindsOf(archive, styles, shown, signal) : [],
    sharedStrings: shared && archive.has(shared) ? shared : undefined,
  }
}

interface Relation {
  readonly type: string
  readonly target: string
}

/** What a part refers to, by id; targets from the archive's root. */
async function relationsOf(
  archive: ZipArchive,
  part: string,
  shown: string,
  signal: AbortSignal,
): Promise<Map<string, Relation>> {
  const folder = posix.dirname(part)
  const path = part === '' ? '_rels/.rels' : posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  const relations = new Map<string, Relation>()
  if (!archive.has(path)) return relations
  const sink: XmlSink = {
    open(name, attributes) {
      if (name !== 'Relationship' || attributeOf(attributes, 'TargetMode') === 'External') return
      const target = attributeOf(attributes, 'Target') ?? ''
      relations.set(attributeOf(attributes, 'Id') ?? '', {
        type: attributeOf(attributes, 'Type') ?? '',
        target: target.startsWith('/') ? target.slice(1) : posix.join(part === '' ? '' : folder, target),
      })
    },
    close() {},
    text() {},
  }
  await readXmlPart(archive, path, shown, sink, signal)
  return relations
}

function definedArea(name: string, text: string): NamedArea[] {
  const match = /^=?(?:'((?:[^']|'')+)'|([^'!]+))!([$A-Z0-9:]+)$/i.exec(text.trim())
  if (!match?.[3]) return []
  return [{ name, sheet: match[1]?.replaceAll("''", "'") ?? match[2] ?? '', area: match[3] }]
}

async function tablesOf(
  archive: ZipArchive,
  sheets: readonly SheetPart[],
  shown: string,
  signal: AbortSignal,
): Promise<NamedArea[]> {
  const tables: NamedArea[] = []
  for (const sheet of sheets) {
    const relations = await relationsOf(archive, sheet.part, shown, signal)
    for (const { type, target } of relations.values()) {
      if (!type.endsWith('/table') || !archive.has(target)) continue
      const sink: XmlSink = {
        open(name, attributes) {
          if (name !== 'table') return
          tables.push({
            name: attributeOf(attributes, 'displayName') ?? attributeOf(attributes, 'name') ?? '',
            sheet: sheet.name,
            area: attributeOf(attributes, 'ref') ?? '',
            headerRows: Number(attributeOf(attributes, 'headerRowCount') ?? 1),
            totalRows: Number(attributeOf(attributes, 'totalsRowCount') ?? 0),
          })
        },
        close() {},
        text() {},
      }
      await readXmlPart(archive, target, shown, sink, signal)
    }
  }
  return tables
}

async function kindsOf(
  archive: ZipArchive,
  part: string,
  shown: string,
  signal: AbortSignal,
): Promise<readonly NumberKind[]> {
  const formats = new Map<number, NumberKind>()
  const kinds: NumberKind[] = []
  let inCells = false
  const sink: XmlSink = {
    open(name, attributes) {
      if (name === 'numFmt')
        formats.set(
          Number(attributeOf(attributes, 'numFmtId')),
          kindOfFormat(attributeOf(attributes, 'formatCode') ?? ''),
        )
      else if (name === 'cellXfs') inCells = true
      else if (name === 'xf' && inCells) {
        const id = Number(attributeOf(attributes, 'numFmtId') ?? 0)
        kinds.push(formats.get(id) ?? kindOfBuiltIn(id))
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
    text() {},
  }
  await readXmlPart(archive, part, shown, sink, signal)
  return kinds
}

async function refuseOthers(file: InputFile): Promise<void> {
  const handle = await open(file.path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(file.bytes, 1_048_576)), 0)
    const start = buffer.subarray(0, bytesRead)
    if (bytesRead === 0) throw corrupt(file.name, new Error('it is empty'))
    if (start.subarray(0, 4).equals(OLD_FORMAT)) {
      // An encrypted workbook is wrapped into the old container, in a stream of this name.
      const encrypted =
        start.includes(Buffer.from('EncryptedPackage', 'utf16le')) || (await endsEncrypted(handle, file.bytes))
      if (encrypted)
        throw userError('excel.password', `${file.name} is protected by a password.`, {
          hint: 'Open it in Excel, remove the password (File, Info, Protect Workbook) and save it.',
          field: ['path'],
        })
      throw oldFormat(file.name, 'workbook of Excel 97 to 2003 (.xls)')
    }
    if (start[0] !== 0x50 || start[1] !== 0x4b) {
      const text = start.subarray(0, 200).toString('latin1').trimStart().toLowerCase()
      const hint = text.startsWith('<')
        ? 'It begins like a web page or XML: read it with extract.html, or save it as .xlsx.'
        : 'Many programs call a text file .xls: try extract.csv, or save it as .xlsx.'
      throw userError('excel.not-a-workbook', `${file.name} is no Excel workbook.`, { hint, field: ['path'] })
    }
  } finally {
    await handle.close()
  }
}

async function endsEncrypted(handle: Awaited<ReturnType<typeof open>>, bytes: number): Promise<boolean> {
  const length = Math.min(bytes, 1_048_576)
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, bytes - length)
  return buffer.includes(Buffer.from('EncryptedPackage', 'utf16le'))
}

const oldFormat = (shown: string, what: string): LogiDataError =>
  userError('excel.old-format', `${shown} is a ${what}, which is not read.`, {
    hint: 'Save it as .xlsx.',
    field: ['path'],
  })

function notAWorkbook(shown: string, archive: ZipArchive): LogiDataError {
  if (archive.has('mimetype') && archive.has('content.xml')) return oldFormat(shown, 'OpenDocument file (.ods)')
  return userError('excel.not-a-workbook', `${shown} is a zip archive, but no Excel workbook.`, {
    hint: 'Choose an .xlsx or .xlsm file.',
    field: ['path'],
  })
}
