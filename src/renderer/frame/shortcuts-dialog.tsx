import { Dialog, DialogBody } from '@blueprintjs/core'
import { t } from '../i18n/index.ts'
import { capsOf } from '../keys/this-keyboard.ts'
import { closeDialog } from '../store/ui.ts'

/** Every key of the studio, where it acts. */
const GROUPS = [
  {
    title: 'shortcuts.everywhere',
    keys: [
      ['commands', 'shortcuts.commands'],
      ['run', 'command.run'],
      ['save', 'shortcuts.save'],
      ['undo', 'command.undo'],
      ['redo', 'command.redo'],
      ['docs', 'command.docs'],
    ],
  },
  {
    title: 'canvas.label',
    keys: [
      ['go', 'shortcuts.go'],
      ['move', 'shortcuts.move'],
      ['quickAdd', 'command.quickAdd'],
      ['open', 'sub.open'],
      ['back', 'shortcuts.back'],
      ['rename', 'node.rename'],
      ['delete', 'node.delete'],
      ['menu', 'shortcuts.menu'],
      ['selectAll', 'command.selectAll'],
      ['duplicate', 'node.duplicate'],
      ['clipboard', 'shortcuts.clipboard'],
      ['fit', 'command.fit'],
      ['leave', 'shortcuts.none'],
      ['shortcuts', 'shortcuts.title'],
    ],
  },
  {
    title: 'shortcuts.grid',
    keys: [
      ['go', 'shortcuts.cells'],
      ['rename', 'rename.menu'],
      ['copy', 'node.copy'],
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
              {keys.map(([key, what]) => (
                <div key={what}>
                  <dt>
                    {capsOf(key).map((name) => (
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
