import { useEffect } from 'react'
import { startRun } from '../store/run.ts'
import { flush } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { toggleDocs, useUi } from '../store/ui.ts'

/** Keys that act wherever the focus is. */
export function useGlobalKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'F1' && !isInStepList(event.target)) {
        toggleDocs()
        event.preventDefault()
        return
      }
      if (!event.ctrlKey && !event.metaKey) return
      const key = event.key.toLowerCase()
      if (key === 'k') useUi.setState(({ paletteOpen }) => ({ paletteOpen: !paletteOpen }))
      // In an expression, Ctrl+Enter finishes the expression.
      else if (key === 'enter' && !isInExpression(event.target)) void startRun()
      else if (key === 's') flush().catch(toastError)
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', onKeyDown, true)
    return () => window.removeEventListener('keydown', onKeyDown, true)
  }, [])
}

const isInExpression = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('.expression') !== null

/** There F1 is about the step of the line. */
const isInStepList = (target: EventTarget | null): boolean =>
  target instanceof Element && (target.closest('.step-search') ?? target.closest('.step-options')) !== null
