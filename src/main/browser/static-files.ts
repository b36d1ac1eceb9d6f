import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isInside } from '../files/resolve-inside.ts'

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}

/** Vite puts a hash of its content into the name of everything here. */
const HASHED = /^\/assets\//

interface StaticFile {
  readonly path: string
  readonly bytes: number
  readonly etag: string
  readonly gzip: boolean
}

/** Answers with a file of `folder`, compressed where the build left a `.gz` beside it. @returns false if there is none */
export async function serveFile(
  folder: string,
  urlPath: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const type = MEDIA_TYPES[extname(urlPath)]
  const wantsGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const file = type === undefined ? undefined : await findFile(folder, urlPath, wantsGzip)
  if (!file || type === undefined) return false

  response.setHeader('Content-Type', type)
  response.setHeader('ETag', file.etag)
  response.setHeader('Vary', 'Accept-Encoding')
  response.setHeader('Cache-Control', HASHED.test(urlPath) ? 'private, max-age=31536000, immutable' : 'no-cache')
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end()
    return true
  }
  if (file.gzip) response.setHeader('Content-Encoding', 'gzip')
  response.writeHead(200, { 'Content-Length': file.bytes })
  if (request.method === 'HEAD') response.end()
  // A browser that goes away in the middle is no failure of ours.
  else await pipeline(createReadStream(file.path), response).catch(() => response.destroy())
  return true
}

async function findFile(folder: string, urlPath: string, wantsGzip: boolean): Promise<StaticFile | undefined> {
  const name = decodePath(urlPath)
  if (name === undefined) return undefined
  return (wantsGzip ? await openFile(folder, `${name}.gz`, true) : undefined) ?? (await openFile(folder, name, false))
}

async function openFile(folder: string, name: string, gzip: boolean): Promise<StaticFile | undefined> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, name))])
    if (!isInside(root, path)) return undefined
    const facts = await stat(path)
    if (!facts.isFile()) return undefined
    const etag = `"${facts.size.toString(36)}-${Math.trunc(facts.mtimeMs).toString(36)}${gzip ? '-gz' : ''}"`
    return { path, bytes: facts.size, etag, gzip }
  } catch {
    return undefined
  }
}

/** Refuses what could climb, in any spelling, before the file system sees it. */
function decodePath(urlPath: string): string | undefined {
  let name: string
  try {
    name = decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
  if (name.includes('\0') || name.includes('\\')) return undefined
  const parts = name.split('/').filter((part) => part !== '')
  return parts.some((part) => part.startsWith('.')) ? undefined : parts.join('/')
}
