import { CircleHelp } from 'lucide-react'
import type { FormField } from '../../shared/modules/descriptor.ts'
import { text } from '../i18n/index.ts'
import { Hint } from './hint.tsx'

/** The question mark beside a field's title, with what there is to know about it. */
export function FieldHelp({ field }: { field: FormField }) {
  if (!field.help) return null
  return (
    <Hint text={text(field.help)}>
      <span className="field-help" role="note" aria-label={text(field.help)}>
        <CircleHelp size={13} />
      </span>
    </Hint>
  )
}
