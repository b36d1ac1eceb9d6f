import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const SOURCES = ['src/renderer/**/*', 'src/shared/**/*.ts', 'index.html', 'vite.config.ts', 'package-lock.json']
const STAMP = '.source-hash'
const COMPRESSED = /\.(js|css|html|svg|json|ttf)$/
/** Below this a compressed copy saves no packet. */
const SMALL_BYTES = 1400

/** The built window's folder under the repository's root. */
export const rendererFolder = (root: string) => join(root, 'dist', 'renderer')

/** Content, not times: a fresh clone has new times and the same window. */
export function rendererSourceHash(root: string): string {
  const hash = createHash('sha256')
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const file of files) {
    hash.update(file.slice(root.length))
    hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Whether `dist/renderer` was built from the present sources. */
export function isRendererCurrent(root: string): boolean {
  try {
    return readFileSync(join(rendererFolder(root), STAMP), 'utf8') === rendererSourceHash(root)
  } catch {
    return false
  }
}

/** After a build: compressed copies for the server, and of which sources it was built. */
export function stampRenderer(root: string): void {
  const folder = rendererFolder(root)
  for (const entry of globSync('**/*', { cwd: folder, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSED.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = readFileSync(path)
    if (bytes.length > SMALL_BYTES) writeFileSync(`${path}.gz`, gzipSync(bytes))
  }
  writeFileSync(join(folder, STAMP), rendererSourceHash(root))
}
