import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface FileEntry {
  readonly path: string
  readonly bytes: number
  readonly modified: number
}

const DATA_NAME = /\.(csv|tsv|psv|txt|json|jsonl|ndjson|geojson|parquet)(\.(gz|zst|bz2))?$/i
const SKIPPED = new Set(['node_modules', 'pipelines', '__pycache__'])
const MOST_VISITED = 20_000
const MOST_FOUND = 500

/** Data files of a project whose path contains the text, sorted; at most 500. Links to folders are not followed. */
export async function findDataFiles(root: string, contains: string): Promise<FileEntry[]> {
  const wanted = contains.toLowerCase()
  const found: FileEntry[] = []
  const folders = ['']
  let visited = 0
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (++visited > MOST_VISITED || found.length === MOST_FOUND) return sorted(found)
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile() && DATA_NAME.test(entry.name) && path.toLowerCase().includes(wanted)) {
        const facts = await stat(join(root, path)).catch(() => undefined)
        if (facts) found.push({ path, bytes: facts.size, modified: facts.mtimeMs })
      }
    }
  }
  return sorted(found)
}

const sorted = (files: FileEntry[]) => files.sort((a, b) => (a.path < b.path ? -1 : 1))
