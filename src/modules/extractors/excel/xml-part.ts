import { XmlError, XmlScanner, type XmlSink } from '../../kit/files/xml-scanner.ts'
import { corrupt, type ZipArchive } from '../../kit/files/zip-archive.ts'

/**
 * Reads an XML part of a workbook through a sink.
 * @param each called between pieces, so that what the sink collected can be taken away; `false` ends the reading
 * @throws LogiDataError `archive.corrupt`, `archive.too-large`
 */
export async function readXmlPart(
  archive: ZipArchive,
  part: string,
  shown: string,
  sink: XmlSink,
  signal: AbortSignal,
  each?: () => Promise<boolean>,
): Promise<void> {
  const scanner = new XmlScanner(sink)
  let decoder: InstanceType<typeof TextDecoder> | undefined
  try {
    for await (const chunk of archive.read(part, signal)) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true })
      scanner.push(decoder.decode(chunk, { stream: true }))
      if (each && !(await each())) return
    }
    scanner.push(decoder?.decode() ?? '')
    scanner.end()
  } catch (error) {
    if (error instanceof XmlError || error instanceof TypeError)
      throw corrupt(shown, new Error(`${part}: ${error instanceof XmlError ? error.message : 'it is no text'}`))
    throw error
  }
  await each?.()
}

function encodingOf(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}
