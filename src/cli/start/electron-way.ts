import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Way =
  | { readonly kind: 'electron'; readonly binary: string }
  | { readonly kind: 'browser'; readonly why: string }

/** Electron where its binary and a display exist, else the browser; `why` completes "in the browser: …". */
export function chooseWay(
  root: string,
  wantsBrowser: boolean,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): Way {
  if (wantsBrowser) return { kind: 'browser', why: 'as asked' }
  const binary = electronBinary(root)
  if (binary === undefined) return { kind: 'browser', why: 'Electron has no binary here' }
  const display = platform !== 'linux' || environment.DISPLAY || environment.WAYLAND_DISPLAY
  return display ? { kind: 'electron', binary } : { kind: 'browser', why: 'there is no display for Electron' }
}

/** Not through the package's own entry, which would begin to download a missing binary. */
function electronBinary(root: string): string | undefined {
  const folder = join(root, 'node_modules/electron')
  try {
    const binary = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim())
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}
