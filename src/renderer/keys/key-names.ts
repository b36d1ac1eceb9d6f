import type { Language } from '../i18n/first-spoken.ts'

/** Every key of the studio, by what it does. `Mod` is Ctrl, on a Mac ⌘. */
export const KEYS = {
  commands: 'Mod K',
  run: 'Mod Enter',
  save: 'Mod S',
  undo: 'Mod Z',
  redo: 'Mod Shift Z',
  docs: 'F1',
  go: '← → ↑ ↓',
  move: 'Shift ← → ↑ ↓',
  quickAdd: 'A',
  open: 'Enter',
  back: 'Alt ↑',
  rename: 'F2',
  delete: 'Delete',
  menu: 'Shift F10',
  selectAll: 'Mod A',
  duplicate: 'Mod D',
  copy: 'Mod C',
  paste: 'Mod V',
  clipboard: 'Mod C/X/V',
  fit: 'F',
  leave: 'Escape',
  shortcuts: '?',
  toNull: 'Mod Alt Backspace',
} as const

export type KeyOf = keyof typeof KEYS

interface Keyboard {
  readonly language: Language
  readonly isMac: boolean
}

const PRINTED: Readonly<Record<Language | 'mac', Readonly<Record<string, string>>>> = {
  en: { Mod: 'Ctrl', Delete: 'Del', Escape: 'Esc' },
  fr: { Mod: 'Ctrl', Shift: 'Maj', Enter: 'Entrée', Delete: 'Suppr', Escape: 'Échap', Backspace: 'Retour arrière' },
  mac: { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Delete: '⌫', Backspace: '⌫', Escape: 'esc' },
}

/** The keys one by one, as the person's keyboard has them printed. */
export function keyCaps(key: KeyOf, { language, isMac }: Keyboard): string[] {
  const printed = PRINTED[isMac ? 'mac' : language]
  return KEYS[key].split(' ').map((one) => printed[one] ?? one)
}

/** The same in one piece, for menus and tooltips. */
export const keyLabel = (key: KeyOf, keyboard: Keyboard): string =>
  keyCaps(key, keyboard).join(keyboard.isMac ? '' : ' ')
