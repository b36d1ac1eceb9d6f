import type { ReactNode } from 'react'

export interface Option {
  readonly value: string
  readonly label?: string
  readonly detail?: string
  /** Small, before the label. */
  readonly badge?: ReactNode
}

/** Options that match what is typed: beginnings first, then the rest, in their own order. */
export function matching(options: readonly Option[], query: string): readonly Option[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return options
  const text = (option: Option) => (option.label ?? option.value).toLowerCase()
  const found = options.filter((option) => text(option).includes(wanted))
  return [
    ...found.filter((option) => text(option).startsWith(wanted)),
    ...found.filter((option) => !text(option).startsWith(wanted)),
  ]
}
