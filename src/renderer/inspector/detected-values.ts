import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { type Config, type ConfigPath, equalValues, valueAt } from './form-model.ts'

/** Keys that a detection spells out and the config does not have so. */
export const changedSettings = (detected: Config, config: Config): string[] =>
  Object.keys(detected).filter((key) => !equalValues(detected[key], config[key]))

/** What was found out for a field that is left open: unset, or set to `auto`. */
export function detectedValue(
  detected: Config | undefined,
  field: FormField,
  path: ConfigPath,
  value: JsonValue | undefined,
): JsonValue | undefined {
  if (!detected || (value !== undefined && value !== '' && value !== 'auto')) return undefined
  const found = valueAt(detected, path)
  return found === undefined || found === 'auto' || equalValues(found, field.default) ? undefined : found
}

/** A tab or a blank as a delimiter would be invisible. */
export function visibleValue(value: JsonValue): string {
  if (value === '\t') return '⇥'
  if (value === ' ') return '␣'
  return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) || '""' : JSON.stringify(value)
}

/** `DATE · %d/%m/%Y`: the type of a column and how it is written. */
export function columnWords(item: JsonValue): string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return visibleValue(item)
  const { type, ...others } = item
  const more = Object.values(others).filter((each) => typeof each === 'string')
  return [type, ...more]
    .filter((each) => each !== undefined)
    .map((each) => visibleValue(each as JsonValue))
    .join(' · ')
}
