import type { ModuleFamily, ModuleInfo } from '../../shared/modules/descriptor.ts'
import { groupSteps, searchSteps } from './search-steps.ts'

/** What the list of steps shows, line by line. */
export type ListLine =
  | { readonly kind: 'recent'; readonly key: string }
  | { readonly kind: 'note'; readonly key: string; readonly count: number }
  | {
      readonly kind: 'family'
      readonly key: string
      readonly family: ModuleFamily
      readonly open: boolean
      readonly count: number
    }
  | {
      readonly kind: 'step'
      readonly key: string
      readonly info: ModuleInfo
      readonly recent: boolean
      /** Beside the name: the other word that it was found by, or its family. */
      readonly more: { readonly keyword: string } | 'family' | undefined
    }

interface Wanted {
  readonly steps: readonly ModuleInfo[]
  readonly query: string
  /** Types, the newest first. */
  readonly recent: readonly string[]
  readonly closed: ReadonlySet<ModuleFamily>
  /** A long list that stays: what was used last stands above it. */
  readonly foldable: boolean
}

/** Without a search the families; with one what answers it, best first. */
export function stepLines({ steps, query, recent, closed, foldable }: Wanted): ListLine[] {
  if (query.trim() !== '') {
    return searchSteps(steps, query).map(({ info, keyword }) => ({
      kind: 'step',
      key: info.type,
      info,
      recent: false,
      more: keyword === undefined ? 'family' : { keyword },
    }))
  }
  const groups = groupSteps(steps)
  const known = recent.flatMap((type) => steps.find((info) => info.type === type) ?? [])
  const lines: ListLine[] = []
  // A short list needs no way around.
  if (known.length > 0 && (foldable || steps.length > 12)) {
    lines.push({ kind: 'recent', key: 'recent' })
    for (const info of known)
      lines.push({
        kind: 'step',
        key: `recent.${info.type}`,
        info,
        recent: true,
        more: hasNamesake(info, steps) ? 'family' : undefined,
      })
  }
  for (const { family, steps: own } of groups) {
    const open = !closed.has(family)
    lines.push({ kind: 'family', key: family, family, open, count: own.length })
    if (open) for (const info of own) lines.push({ kind: 'step', key: info.type, info, recent: false, more: undefined })
  }
  return lines
}

/** CSV is read and written: outside of its family it takes that to tell which. */
const hasNamesake = (info: ModuleInfo, steps: readonly ModuleInfo[]): boolean =>
  steps.filter(({ title }) => title.en === info.title.en).length > 1
