import type { Connection } from '../../shared/connections/connection.ts'
import type { FormField } from '../../shared/modules/descriptor.ts'
import { elideDefaults, equalValues } from '../inspector/form-model.ts'

export type Settings = Connection['settings']
/** Environment -> the settings that are others there. An empty text stands for a field that is being typed anew. */
export type Overrides = Readonly<Record<string, Settings>>

/** What the form of an environment shows. */
export const settingsThere = (base: Settings, own: Settings | undefined): Settings => ({ ...base, ...own })

/** What differs there, after the form that showed `settingsThere` has been changed to `next`. */
export function differing(base: Settings, next: Settings): Settings {
  const changed = Object.entries(next).filter(([key, value]) => !equalValues(value, base[key]))
  // A field that was emptied stays empty under the hand that types; saved, it is as everywhere.
  const emptied = Object.keys(base).filter((key) => !(key in next))
  return Object.fromEntries([...changed, ...emptied.map((key) => [key, ''] as const)])
}

/** As the file has them: only what differs, and no environment in which nothing does. */
export function savedOverrides(base: Settings, overrides: Overrides, fields: readonly FormField[]): Overrides {
  const whole = withDefaults(base, fields)
  const kept = Object.entries(overrides).map(([environment, own]) => {
    const different = Object.entries(own).filter(([key, value]) => value !== '' && !equalValues(value, whole[key]))
    // A default is a difference where everywhere else has something else.
    const elided = elideDefaults(Object.fromEntries(different.filter(([key]) => base[key] === undefined)), fields)
    return [environment, Object.fromEntries(different.filter(([key]) => base[key] !== undefined || key in elided))]
  })
  return Object.fromEntries(kept.filter(([, own]) => Object.keys(own ?? {}).length > 0))
}

/** Names of the settings that differ. */
export const differences = (own: Settings | undefined): readonly string[] =>
  Object.entries(own ?? {}).flatMap(([key, value]) => (value === '' ? [] : [key]))

function withDefaults(settings: Settings, fields: readonly FormField[]): Settings {
  const defaults = fields.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value] as const]))
  return { ...(Object.fromEntries(defaults) as Settings), ...settings }
}
