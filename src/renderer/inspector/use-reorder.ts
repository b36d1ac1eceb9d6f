import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react'

/** Reordering by drag, or by Alt and an arrow key. Spread `item(index)` on each item. */
export function useReorder(move: (from: number, to: number) => void) {
  const from = useRef<number | undefined>(undefined)
  const [over, setOver] = useState<number | undefined>(undefined)
  const end = () => {
    from.current = undefined
    setOver(undefined)
  }
  const item = (index: number) => ({
    onDragOver: (event: DragEvent) => {
      if (from.current === undefined) return
      event.preventDefault()
      setOver(index)
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      if (from.current !== undefined && from.current !== index) move(from.current, index)
      end()
    },
    'data-drop':
      over === index && from.current !== index ? ((from.current ?? 0) < index ? 'after' : 'before') : undefined,
  })
  const handle = (index: number) => ({
    draggable: true,
    onDragStart: (event: DragEvent) => {
      from.current = index
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setData('text/plain', '')
    },
    onDragEnd: end,
    onKeyDown: (event: KeyboardEvent) => {
      if (!event.altKey) return
      const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key]
      if (step === undefined) return
      event.preventDefault()
      event.stopPropagation()
      move(index, index + step)
    },
  })
  return { item, handle }
}
