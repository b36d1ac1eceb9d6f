import { type ModuleFamily, type ModuleInfo, moduleFamilySchema } from '../../shared/modules/descriptor.ts'

const FAMILIES: readonly ModuleFamily[] = moduleFamilySchema.options

export interface StepGroup {
  readonly family: ModuleFamily
  readonly steps: readonly ModuleInfo[]
}

/** How well a step answers a search; 0: not at all. Titles count in both languages. */
export function matchStep(info: ModuleInfo, query: string): number {
  const wanted = fold(query)
  if (wanted === '') return 1
  const titles = [fold(info.title.en), fold(info.title.fr), fold(info.type.slice(info.type.indexOf('.') + 1))]
  if (titles.some((title) => title.startsWith(wanted))) return 4
  if (titles.some((title) => title.includes(wanted))) return 3
  if (info.keywords.some((word) => fold(word).startsWith(wanted))) return 2
  return fold(`${info.summary.en} ${info.summary.fr} ${info.type}`).includes(wanted) ? 1 : 0
}

/** Steps that match, by family in the order of the data's way, best first. */
export function searchSteps(steps: readonly ModuleInfo[], query: string): StepGroup[] {
  const scored = steps.map((info) => ({ info, score: matchStep(info, query) })).filter(({ score }) => score > 0)
  const groups = FAMILIES.map((family) => {
    const own = scored.filter(({ info }) => info.family === family).sort((a, b) => b.score - a.score)
    return { family, steps: own.map(({ info }) => info), best: own[0]?.score ?? 0 }
  }).filter((group) => group.steps.length > 0)
  return fold(query) === '' ? groups : groups.sort((a, b) => b.best - a.best)
}

/** Without case and accents, so that `enregistre` finds `Enregistré`. */
export const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
