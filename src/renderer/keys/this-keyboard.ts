import { useSettings } from '../store/settings.ts'
import { type KeyOf, keyCaps, keyLabel } from './key-names.ts'

const isMac = /^(Mac|iP)/.test(navigator.platform)

const keyboard = () => ({ language: useSettings.getState().language, isMac })

/** Keys one by one, in the words of the chosen language and of this computer. */
export const capsOf = (key: KeyOf): string[] => keyCaps(key, keyboard())

/** Keys in one piece, for menus and tooltips. */
export const keysOf = (key: KeyOf): string => keyLabel(key, keyboard())
