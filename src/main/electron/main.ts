import { normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { app, BrowserWindow, dialog, ipcMain } from 'electron'
import { toErrorInfo } from '../../shared/errors.ts'
import { appContract } from '../../shared/rpc/app-contract.ts'
import { serve } from '../../shared/rpc/host.ts'
import { createApp } from '../app.ts'
import { defaultDataDirectory } from '../data-directory.ts'
import { startEngine } from '../engine/supervisor.ts'
import { CONNECT_CHANNEL } from './channels.ts'
import { PAGE_URL, registerPageScheme, servePage } from './page.ts'
import { mainPortTransport } from './port.ts'
import { openStudioWindow } from './window.ts'

// From dist/app/main/electron, where this runs as plain JavaScript.
const RENDERER_FOLDER = normalize(fileURLToPath(new URL('../../../renderer', import.meta.url)))

async function startDesktop(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(app.isPackaged ? 1 : 2),
    allowPositionals: true,
    strict: false,
    options: {
      env: { type: 'string', multiple: true, default: [] },
      'allow-host': { type: 'string', multiple: true, default: [] },
    },
  })
  const texts = (given: readonly unknown[] = []) => given.filter((text) => typeof text === 'string')
  const [projectRoot] = positionals
  await app.whenReady()
  servePage(RENDERER_FOLDER)

  const engine = startEngine({})
  const application = await createApp({
    dataDirectory: defaultDataDirectory(),
    engine,
    grants: texts(values.env),
    allowedHosts: texts(values['allow-host']),
    application: 'LogiData Studio (desktop)',
    ...(projectRoot === undefined ? {} : { projectRoot }),
  })
  application.expectWindow()
  ipcMain.on(CONNECT_CHANNEL, (event) => {
    const [port] = event.ports
    // Only our own page gets an answer, whatever a frame in it may hold.
    if (!port || event.senderFrame?.url !== PAGE_URL) return
    serve(appContract, application.handlers, mainPortTransport(port))
  })

  let closed = false
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    closed = true
    void application
      .close()
      .then(() => engine.close())
      .finally(() => app.quit())
  })
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows()
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openStudioWindow()
  })
  openStudioWindow()
}

registerPageScheme()
// Two applications on one data directory would overwrite each other's settings and journal.
if (app.requestSingleInstanceLock()) {
  startDesktop().catch((thrown) => {
    const { message, hint } = toErrorInfo(thrown)
    dialog.showErrorBox('LogiData Studio cannot start', hint ? `${message}\n${hint}` : message)
    app.exit(1)
  })
} else app.quit()
