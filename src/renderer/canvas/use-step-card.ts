import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import type { CardAt } from './step-card.tsx'

const REST = 650
const GRACE = 140

/** When the documentation of a step shows beside the list: while the pointer rests on its line, or a key asked for it. */
export function useStepCard(list: RefObject<HTMLElement | null>) {
  const [at, setAt] = useState<CardAt>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const shown = useRef<CardAt>(undefined)
  shown.current = at
  useEffect(() => () => clearTimeout(timer.current), [])
  const does = useMemo(() => {
    const later = (act: () => void, wait: number) => {
      clearTimeout(timer.current)
      timer.current = setTimeout(act, wait)
    }
    const show = (key: string, info: ModuleInfo) => {
      const line = list.current?.querySelector(`[data-line="${key}"]`)?.getBoundingClientRect()
      if (line) setAt({ info, line })
    }
    const hide = () => {
      clearTimeout(timer.current)
      setAt(undefined)
    }
    return {
      hide,
      /** The pointer came onto a line; once one card shows, the others follow quickly. */
      hover: (key: string, info: ModuleInfo) => later(() => show(key, info), shown.current ? GRACE : REST),
      leave: () => later(hide, GRACE),
      hold: (inside: boolean) => (inside ? clearTimeout(timer.current) : later(hide, GRACE)),
      toggle: (key: string, info: ModuleInfo) => (shown.current ? hide() : show(key, info)),
      /** Another line by keys: the card goes along if there is one. */
      follow(key: string, info: ModuleInfo) {
        if (shown.current) requestAnimationFrame(() => show(key, info))
      },
    }
  }, [list])
  return { at, ...does }
}
