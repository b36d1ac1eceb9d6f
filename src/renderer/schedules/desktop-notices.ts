import type { DesktopNotice } from '../../shared/rpc/app/schedules.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { selectRun } from '../runs/runs-store.ts'
import { toast } from '../store/toasts.ts'
import { showScreen } from '../store/ui.ts'

/** Shows what schedules tell, in the window, and on the desktop where the person allowed that. @returns ends it */
export function followNotices(): () => void {
  const ending = new AbortController()
  const { signal } = ending
  const follow = async () => {
    while (!signal.aborted) {
      try {
        for await (const notice of api.stream('notifications.watch', {}, { signal })) show(notice)
        return
      } catch {
        if (signal.aborted) return
        await new Promise((resolve) => setTimeout(resolve, 2000))
      }
    }
  }
  void follow()
  return () => ending.abort()
}

function show({ id, kind, subject, text, runId }: DesktopNotice): void {
  const open = () => {
    selectRun(runId)
    showScreen('runs')
  }
  toast({
    tone: kind === 'failure' || kind === 'late' ? 'danger' : 'ok',
    message: subject.replace(/^\[LogiData\] /, ''),
    action: runId === undefined ? undefined : { label: t('toast.show'), run: open },
  })
  if (document.hasFocus() || typeof Notification === 'undefined') return
  if (Notification.permission === 'granted') {
    const shown = new Notification(subject, { body: text, tag: id })
    shown.onclick = () => {
      window.focus()
      open()
    }
  }
}

/** Asks the system's permission, when a person switches a project's schedules on. */
export function askForNotifications(): void {
  if (typeof Notification !== 'undefined' && Notification.permission === 'default')
    void Notification.requestPermission().catch(() => {})
}
