import { SaxesParser } from 'saxes'
import { LogiDataError, userError } from '../../../shared/errors.ts'
import type { InputFile } from '../../kit/contract.ts'
import type { ReadBudget } from '../../kit/files/read-budget.ts'
import { compressionOf, encodingOf, readBytes, readText } from '../../kit/files/text-stream.ts'
import type { XmlConfig } from './descriptor.ts'

/** An element of a row, whole. */
export interface XmlElement {
  readonly name: string
  readonly attributes: readonly (readonly [string, string])[]
  readonly children: XmlElement[]
  text: string
  readonly line: number
}

export interface XmlMistake {
  readonly line: number
  readonly mistake: string
}

const DEEPEST = 500
const LONGEST = 100_000_000

/** Whether the path of an element is that of a row. */
export function rowMatcher(path: string): (names: readonly string[]) => boolean {
  const anywhere = path.startsWith('//')
  const steps = path.replace(/^\/+/, '').split('/')
  return (names) =>
    (anywhere ? names.length >= steps.length : names.length === steps.length) &&
    steps.every((step, index) => step === '*' || step === names[names.length - steps.length + index])
}

/** The name without its prefix, where prefixes are dropped. */
const nameIn = (config: XmlConfig) => (name: string) =>
  config.prefixes === 'keep' ? name : name.slice(name.indexOf(':') + 1)

/** The rows' elements, one after the other. The last may be a mistake, after which nothing can be read. */
export async function* readElements(
  file: InputFile,
  config: XmlConfig,
  rowPath: string,
  signal: AbortSignal,
  budget?: ReadBudget,
): AsyncGenerator<XmlElement | XmlMistake> {
  const isRow = rowMatcher(rowPath)
  const named = nameIn(config)
  const path: string[] = []
  const open: XmlElement[] = []
  let ready: XmlElement[] = []
  let size = 0
  const parser = new SaxesParser()
  let failed: XmlMistake | undefined
  const fail = (mistake: string) => {
    failed ??= { line: parser.line, mistake }
  }
  parser.on('error', (error) => fail(error.message.replace(/^(?:\S+:)?\d+:\d+:\s*/, '').replace(/\.$/, '')))
  parser.on('opentag', ({ name, attributes }) => {
    path.push(named(name))
    if (path.length > DEEPEST) fail(`elements are nested more than ${DEEPEST} deep`)
    const parent = open.at(-1)
    if (!parent && !isRow(path)) return
    const own = Object.entries(attributes as Record<string, string>).filter(([key]) => !/^xmlns(:|$)/.test(key))
    const element: XmlElement = { name: path.at(-1) ?? '', attributes: own, children: [], text: '', line: parser.line }
    parent?.children.push(element)
    open.push(element)
  })
  const addText = (text: string) => {
    const element = open.at(-1)
    if (!element) return
    element.text += text
    size += text.length
    if (size > LONGEST) fail('one row is larger than 100 million characters')
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    path.pop()
    const element = open.pop()
    if (!element || open.length > 0 || failed) return
    size = 0
    ready.push(element)
  })
  for await (const piece of readXmlText(file, config, signal, budget)) {
    // A small piece at a time, so that a mistake does not come before the rows of the same piece.
    for (let from = 0; from < piece.length && !failed; from += 65_536) {
      parser.write(piece.slice(from, from + 65_536))
      if (failed) break
      yield* ready
      ready = []
    }
    if (failed) break
  }
  if (!failed && !budget?.cut) parser.close()
  yield* ready
  if (failed) yield failed
}

async function* readXmlText(
  file: InputFile,
  config: XmlConfig,
  signal: AbortSignal,
  budget?: ReadBudget,
): AsyncGenerator<string> {
  const compression = compressionOf(config.compression, file.name)
  const encoding = config.encoding === 'auto' ? await declaredEncoding(file, compression, signal) : config.encoding
  yield* readText(file, { compression, encoding, invalid: 'fail', signal, budget })
}

async function declaredEncoding(
  file: InputFile,
  compression: 'none' | 'gzip' | 'zstd',
  signal: AbortSignal,
): Promise<string> {
  for await (const chunk of readBytes(file, compression, signal)) {
    const { name, bom } = encodingOf(chunk)
    if (bom || name !== 'utf-8') return name
    const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']/.exec(
      chunk.subarray(0, 300).toString('latin1'),
    )
    return declared?.[1]?.toLowerCase() ?? 'utf-8'
  }
  return 'utf-8'
}

/** The path of the shallowest element that repeats in the start of a file; that of the elements in the root otherwise. */
export async function detectRowPath(file: InputFile, config: XmlConfig, signal: AbortSignal): Promise<string> {
  const named = nameIn(config)
  const counts = new Map<string, number>()
  const path: string[] = []
  const instances: Map<string, number>[] = []
  let read = 0
  let best: { path: string; depth: number } | undefined
  let first: string | undefined
  let failed = false
  const parser = new SaxesParser()
  parser.on('error', () => {
    failed = true
  })
  parser.on('opentag', ({ name }) => {
    const own = named(name)
    const siblings = instances.at(-1)
    path.push(own)
    const key = `/${path.join('/')}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    if (path.length === 2) first ??= key
    const count = (siblings?.get(own) ?? 0) + 1
    siblings?.set(own, count)
    if (count === 2 && (!best || path.length < best.depth)) best = { path: key, depth: path.length }
    instances.push(new Map())
  })
  parser.on('closetag', () => {
    path.pop()
    instances.pop()
  })
  try {
    for await (const piece of readXmlText(file, config, signal)) {
      for (let from = 0; from < piece.length && !failed; from += 65_536) {
        parser.write(piece.slice(from, from + 65_536))
        read += 65_536
        if (read >= 1_000_000) break
      }
      if (failed || read >= 1_000_000) break
    }
  } catch (error) {
    if (!(error instanceof LogiDataError) || !best) throw error
  }
  const found = best?.path ?? first ?? [...counts.keys()][0]
  if (found !== undefined) return found
  throw userError('xml.no-element', `${file.name} is no XML: there is no element in it.`, {
    hint: 'Check the path.',
    field: ['path'],
  })
}
