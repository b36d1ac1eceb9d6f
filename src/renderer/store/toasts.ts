import { create } from 'zustand'
import { toErrorInfo } from '../../shared/errors.ts'

export interface ToastAction {
  readonly label: string
  readonly run: () => void
}

export interface Toast {
  readonly id: number
  readonly tone: 'neutral' | 'ok' | 'warning' | 'danger'
  readonly message: string
  readonly hint?: string | undefined
  readonly action?: ToastAction | undefined
  /** A second thing that can be done, before the other. */
  readonly more?: ToastAction | undefined
}

export const useToasts = create<{ readonly toasts: readonly Toast[] }>()(() => ({ toasts: [] }))

const SHOWN = { neutral: 4000, ok: 5000, warning: 8000, danger: 12_000 }
const MOST = 4
let lastId = 0

/** Says something in the corner for a while. */
export function toast(what: Omit<Toast, 'id'>): void {
  const id = ++lastId
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts, { id, ...what }].slice(-MOST) }))
  setTimeout(() => dismissToast(id), SHOWN[what.tone])
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((one) => one.id !== id) }))
}

/** Shows what went wrong; a cancellation is not shown. */
export function toastError(thrown: unknown): void {
  const { kind, message, hint } = toErrorInfo(thrown)
  if (kind !== 'cancelled') toast({ tone: 'danger', message, hint })
}
