import { useCallback, useEffect, useRef } from 'react'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import type { Position } from '../../shared/pipeline/document.ts'
import { t } from '../i18n/index.ts'
import { addStep, type OpenEnd } from './canvas-actions.ts'
import { StepList } from './step-list.tsx'

export interface QuickAddAt {
  /** Inside the canvas' element, in pixels of the screen. */
  readonly x: number
  readonly y: number
  /** Absent: after the selected step. */
  readonly position: Position | undefined
  readonly end: OpenEnd | undefined
}

const WIDTH = 240
const HEIGHT = 340

/** The steps that fit where a connection was dropped. */
export function QuickAdd({
  at,
  bounds,
  onClose,
}: {
  readonly at: QuickAddAt
  readonly bounds: DOMRect
  readonly onClose: () => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const side = at.end?.side
  const accept = useCallback(
    (info: ModuleInfo) =>
      side === 'source' ? info.inputs.length > 0 : side === 'target' ? info.outputs.length > 0 : true,
    [side],
  )
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) onClose()
    }
    window.addEventListener('pointerdown', outside, true)
    return () => window.removeEventListener('pointerdown', outside, true)
  }, [onClose])
  return (
    <div
      className="quick-add"
      ref={box}
      role="dialog"
      aria-label={t('canvas.quickAdd')}
      style={{
        left: Math.max(8, Math.min(at.x, bounds.width - WIDTH - 8)),
        top: Math.max(8, Math.min(at.y, bounds.height - HEIGHT - 8)),
        maxHeight: Math.min(HEIGHT, bounds.height - 16),
      }}
    >
      <StepList
        autoFocus
        accept={accept}
        placeholder={t('canvas.quickAddFind')}
        emptyText={() => t('canvas.nothingFits')}
        onEscape={onClose}
        onChoose={(info) => {
          onClose()
          addStep(info, at.position, at.end)
        }}
      />
    </div>
  )
}
