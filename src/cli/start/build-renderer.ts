import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { operationalError } from '../../shared/errors.ts'
import { isRendererCurrent, rendererFolder } from './renderer-stamp.ts'

/**
 * Builds the window if it is missing or older than its sources. @returns the folder to serve
 * @throws LogiDataError `renderer.build-failed`
 */
export async function ensureRenderer(root: string, say: (line: string) => void): Promise<string> {
  const folder = rendererFolder(root)
  // An installed application has the built window and no sources.
  if (!existsSync(join(root, 'vite.config.ts')) || isRendererCurrent(root)) return folder
  say('Building the window, once for these sources …')
  await runScript(root, 'node_modules/vite/bin/vite.js', ['build', '--logLevel', 'warn'])
  return folder
}

/** Electron runs the application as plain JavaScript, which `npm run build` makes together with the window. */
export async function buildDesktop(root: string, say: (line: string) => void): Promise<void> {
  if (existsSync(join(root, 'dist/app')) && isRendererCurrent(root)) return
  say('Building the application …')
  await runScript(root, 'scripts/build.mjs', [])
}

async function runScript(root: string, script: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 2, 2] })
  const [code] = await once(child, 'exit')
  if (code !== 0)
    throw operationalError('renderer.build-failed', 'The window could not be built; the reason is above.', {
      hint: 'After a change of the sources, npm run typecheck tells more.',
    })
}
