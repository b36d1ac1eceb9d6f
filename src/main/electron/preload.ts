import { contextBridge, ipcRenderer } from 'electron'
import { CONNECT_CHANNEL, DESKTOP_KEY, PORT_MESSAGE } from './channels.ts'

/** The parts of the page's `window` that a preload needs; the project has no DOM types where Node's are. */
interface PageWindow {
  readonly origin: string
  addEventListener(type: 'message', listener: (event: { source: unknown; data: unknown }) => void): void
  postMessage(message: unknown, origin: string, transfer: readonly unknown[]): void
}
declare const window: PageWindow

// A port cannot cross the context bridge, but it can be posted: the page gets one end, the main process the other, and
// nothing of Electron reaches the page.
contextBridge.exposeInMainWorld(DESKTOP_KEY, true)

window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== `${PORT_MESSAGE}?`) return
  const { port1, port2 } = new MessageChannel()
  ipcRenderer.postMessage(CONNECT_CHANNEL, null, [port2 as never])
  window.postMessage(PORT_MESSAGE, window.origin, [port1])
})
