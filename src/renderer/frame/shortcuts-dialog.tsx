import { Dialog, DialogBody } from '@blueprintjs/core'
import { t } from '../i18n/index.ts'
import { closeDialog } from '../store/ui.ts'

/** Every key of the studio, where it acts. Keys that go together are parted by a space. */
const GROUPS = [
  {
    title: 'shortcuts.everywhere',
    keys: [
      ['Ctrl K', 'shortcuts.commands'],
      ['Ctrl Enter', 'command.run'],
      ['Ctrl S', 'shortcuts.save'],
      ['Ctrl Z', 'command.undo'],
      ['Ctrl Shift Z', 'command.redo'],
      ['F1', 'command.docs'],
    ],
  },
  {
    title: 'canvas.label',
    keys: [
      ['← → ↑ ↓', 'shortcuts.go'],
      ['Shift ← → ↑ ↓', 'shortcuts.move'],
      ['A', 'command.quickAdd'],
      ['Enter', 'sub.open'],
      ['Alt ↑', 'shortcuts.back'],
      ['F2', 'node.rename'],
      ['Del', 'node.delete'],
      ['Shift F10', 'shortcuts.menu'],
      ['Ctrl A', 'command.selectAll'],
      ['Ctrl D', 'node.duplicate'],
      ['Ctrl C/X/V', 'shortcuts.clipboard'],
      ['F', 'command.fit'],
      ['Esc', 'shortcuts.none'],
      ['?', 'shortcuts.title'],
    ],
  },
  {
    title: 'shortcuts.grid',
    keys: [
      ['← → ↑ ↓', 'shortcuts.cells'],
      ['F2', 'rename.menu'],
      ['Ctrl C', 'node.copy'],
    ],
  },
] as const

/** The keys, for who works without a mouse. */
export function ShortcutsDialog() {
  return (
    <Dialog
      isOpen
      title={t('shortcuts.title')}
      onClose={closeDialog}
      transitionDuration={0}
      className="dialog-shortcuts"
    >
      <DialogBody>
        {GROUPS.map(({ title, keys }) => (
          <section key={title} className="shortcuts">
            <h3>{t(title)}</h3>
            <dl>
              {keys.map(([names, what]) => (
                <div key={names}>
                  <dt>
                    {names.split(' ').map((name) => (
                      <kbd key={name}>{name}</kbd>
                    ))}
                  </dt>
                  <dd>{t(what)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </DialogBody>
    </Dialog>
  )
}
