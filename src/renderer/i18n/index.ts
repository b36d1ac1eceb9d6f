import type { Text } from '../../shared/modules/descriptor.ts'
import { useSettings } from '../store/settings.ts'
import { en, type MessageKey, type Messages } from './en.ts'
import { fr } from './fr.ts'

export type { MessageKey } from './en.ts'

const messages: Record<'en' | 'fr', Messages> = { en, fr }

/**
 * A sentence of the interface in the chosen language; `{name}` is replaced by `parameters.name`. Of a message in two
 * forms, `one | many`, the number `count` chooses. The window is drawn anew when the language changes.
 */
export function t(key: MessageKey, parameters: Readonly<Record<string, string | number>> = {}): string {
  const { language } = useSettings.getState()
  const forms = messages[language][key].split(' | ')
  const count = Number(parameters.count)
  const single = language === 'fr' ? Math.abs(count) < 2 : count === 1
  const form = forms.length > 1 && !single ? forms[1] : forms[0]
  return (form ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name]
    return value === undefined ? whole : typeof value === 'number' ? formatNumber(value) : value
  })
}

/** A module's own words in the chosen language. */
export const text = (value: Text): string => value[useSettings.getState().language]

/** Of the chosen language, as `Intl` wants it. */
export const locale = (): string => (useSettings.getState().language === 'fr' ? 'fr-FR' : 'en-GB')

/** With the language's thousands separator; digits as text keep every digit. */
export function formatNumber(value: number | string | bigint): string {
  const exact = typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : value
  return new Intl.NumberFormat(locale()).format(exact as number)
}

export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) {
    const digits = milliseconds < 10_000 ? 1 : 0
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits }
    return `${new Intl.NumberFormat(locale(), fraction).format(milliseconds / 1000)} s`
  }
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`
}
