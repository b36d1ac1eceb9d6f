import { TextCursorInput } from 'lucide-react'
import { useRef, useState } from 'react'
import { parseReference } from '../../../shared/pipeline/document.ts'
import { t } from '../../i18n/index.ts'
import { usePipeline } from '../../store/pipeline.ts'
import { openDialog } from '../../store/ui.ts'
import { useFormScope } from '../form-scope.ts'

/** A column that got another name here, while steps below may still use the one it had. */
interface Offer {
  readonly column: string
  readonly from: string
  readonly to: string
}

interface Renaming {
  readonly offer: Offer | undefined
  /** The name that the column has as typing begins. */
  readonly begin: (column: string, name: string) => void
  readonly end: (column: string, name: string) => void
  /** Opens the rename with what was typed; the form takes back its own change first. */
  readonly take: () => Offer
}

/** Sees that a column was given another name in the form, and offers the same for all that is below. */
export function useRenameOffer(): Renaming {
  const { nodeId } = useFormScope()
  const [offer, setOffer] = useState<Offer>()
  const was = useRef<{ column: string; name: string }>(undefined)
  return {
    offer,
    begin: (column, name) => {
      was.current = { column, name }
    },
    end: (column, name) => {
      const from = was.current?.column === column ? was.current.name : name
      const first = offer?.column === column ? offer.from : from
      if (from === name) return
      setOffer(first !== name && isRead(nodeId) ? { column, from: first, to: name } : undefined)
    },
    take: () => {
      const taken = offer ?? { column: '', from: '', to: '' }
      setOffer(undefined)
      openDialog({ kind: 'renameColumn', nodeId, port: undefined, column: taken.from, to: taken.to })
      return taken
    },
  }
}

const isRead = (nodeId: string): boolean =>
  Object.values(usePipeline.getState().document?.nodes ?? {}).some(({ inputs }) =>
    Object.values(inputs ?? {}).some((reference) => parseReference(reference).nodeId === nodeId),
  )

export function RenameOffer({ offer, onTake }: { readonly offer: Offer; readonly onTake: () => void }) {
  return (
    <button type="button" className="text-button rename-offer" onClick={onTake}>
      <TextCursorInput size={13} aria-hidden />
      {t('rename.offer', { from: offer.from, to: offer.to })}
    </button>
  )
}
