import { FORMAT, type JsonValue } from './document.ts'

type Data = { [key: string]: JsonValue }

/** Rewrites the plain data of an older file into that of the next format. */
export interface Migration {
  /** Never changes once released; the list is shown to people whose file was migrated. */
  readonly name: string
  readonly from: string
  readonly to: string
  migrate(data: Data): Data
}

/** Oldest first. There is none yet: v1 is the first format. A change of `FORMAT` adds one here, with a test beside it. */
export const migrations: readonly Migration[] = []

export type MigrationOutcome =
  | { readonly kind: 'migrated'; readonly data: Data; readonly applied: readonly string[] }
  | { readonly kind: 'unknown'; readonly newer: boolean }

/** Brings data to the current format; `applied` names what was done, in order. */
export function migrate(
  data: Data,
  format: string,
  available: readonly Migration[] = migrations,
  current: string = FORMAT,
): MigrationOutcome {
  const applied: string[] = []
  let at = format
  let migrated = data
  while (at !== current) {
    const step = available.find((migration) => migration.from === at && !applied.includes(migration.name))
    if (!step) return { kind: 'unknown', newer: isNewer(format, current) }
    migrated = { ...step.migrate(migrated), format: step.to }
    applied.push(step.name)
    at = step.to
  }
  return { kind: 'migrated', data: migrated, applied }
}

function isNewer(format: string, current: string): boolean {
  const version = (text: string) => Number(/^logidata\/v(\d{1,6})$/.exec(text)?.[1] ?? Number.NaN)
  return version(format) > version(current)
}
