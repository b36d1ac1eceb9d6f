import { PopoverNext } from '@blueprintjs/core'
import { type ReactNode, useState } from 'react'
import type { Column } from '../../shared/engine/types.ts'
import { typeBadge } from '../data-pane/column-types.ts'
import { sameName } from '../expression/names.ts'
import { t } from '../i18n/index.ts'
import { useOptionList } from './option-list.tsx'
import type { Option } from './option-matching.ts'

export function TypeBadge({ type }: { type: string }) {
  return (
    <span className="type-badge" title={type}>
      {typeBadge(type)}
    </span>
  )
}

export const columnOptions = (columns: readonly Column[]): Option[] =>
  columns.map((column) => ({ value: column.name, detail: column.type, badge: <TypeBadge type={column.type} /> }))

export const findColumn = (columns: readonly Column[] | undefined, name: string): Column | undefined =>
  columns?.find((column) => sameName(column.name, name))

interface ColumnPickerProps {
  readonly columns: readonly Column[]
  readonly onPick: (name: string) => void
  readonly children: ReactNode
  readonly label: string
  /** Stays open after a choice, so that several can be picked in a row. */
  readonly several?: boolean
}

/** A button that opens a searchable list of columns. */
export function ColumnPicker({ columns, onPick, children, label, several = false }: ColumnPickerProps) {
  const [open, setOpen] = useState(false)
  return (
    <PopoverNext
      isOpen={open}
      animation="minimal"
      arrow={false}
      placement="bottom-start"
      onInteraction={setOpen}
      content={
        <PickerContent
          columns={columns}
          label={label}
          onPick={(name) => {
            onPick(name)
            if (!several || columns.length <= 1) setOpen(false)
          }}
        />
      }
    >
      {children}
    </PopoverNext>
  )
}

function PickerContent({ columns, label, onPick }: Pick<ColumnPickerProps, 'columns' | 'label' | 'onPick'>) {
  const [query, setQuery] = useState('')
  const pick = (name: string) => {
    onPick(name)
    setQuery('')
  }
  const { list, onKey, listId, activeId } = useOptionList(columnOptions(columns), query, pick, t('panes.noColumn'))
  return (
    <div className="column-picker">
      <input
        // biome-ignore lint/a11y/noAutofocus: the popover was opened to search in it.
        autoFocus
        className="bp6-input inspector-input"
        placeholder={t('panes.findColumn')}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={activeId}
        aria-label={label}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={onKey}
      />
      {list}
    </div>
  )
}
