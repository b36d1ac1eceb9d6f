import type { Settings } from '../../shared/rpc/app-contract.ts'

export type Language = Exclude<Settings['language'], 'system'>

/** The first of a system's languages that the window speaks. @param languages as a browser names them: `fr-CA` */
export function firstSpoken(languages: readonly string[]): Language {
  const known = languages.map((name) => name.toLowerCase().split('-')[0])
  return known.find((name): name is Language => name === 'en' || name === 'fr') ?? 'en'
}
