import { type ModuleFamily, type ModuleInfo, moduleFamilySchema } from '../../shared/modules/descriptor.ts'
import { editDistance } from '../../shared/pipeline/suggest.ts'

const FAMILIES: readonly ModuleFamily[] = moduleFamilySchema.options

export interface StepGroup {
  readonly family: ModuleFamily
  readonly steps: readonly ModuleInfo[]
}

/** Steps by family, in the order of the data's way. */
export function groupSteps(steps: readonly ModuleInfo[]): StepGroup[] {
  return FAMILIES.map((family) => ({ family, steps: steps.filter((info) => info.family === family) })).filter(
    (group) => group.steps.length > 0,
  )
}

export interface FoundStep {
  readonly info: ModuleInfo
  readonly score: number
  /** The word other than its name that was searched for: `VLOOKUP` of a look-up. */
  readonly keyword: string | undefined
}

/** Steps that answer a search, best first; where none does, those that a slip of the finger away would. */
export function searchSteps(steps: readonly ModuleInfo[], query: string): FoundStep[] {
  const wanted = fold(query)
  const found = steps.map((info, index) => ({ info, index, ...answer(info, wanted) }))
  const right = found.some(({ score }) => score > 0)
  const scored = right ? found : found.map((each) => ({ ...each, score: isNear(each.info, wanted) ? 1 : 0 }))
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ info, score, keyword }) => ({ info, score, keyword }))
}

/** How well a step answers a search; 0: not at all. */
export const matchStep = (info: ModuleInfo, query: string): number => answer(info, fold(query)).score

/** Titles and keywords count in both languages. Of several words each must be found somewhere. */
function answer(info: ModuleInfo, wanted: string): { score: number; keyword: string | undefined } {
  if (wanted === '') return { score: 1, keyword: undefined }
  const titles = titlesOf(info)
  if (titles.includes(wanted)) return { score: 8, keyword: undefined }
  // A whole word that names it says more than the beginning of a title: `si` is a condition, not `similar`.
  const same = info.keywords.find((word) => fold(word) === wanted)
  if (same !== undefined) return { score: 6, keyword: same }
  if (titles.some((title) => title.startsWith(wanted))) return { score: 5, keyword: undefined }
  if (titles.some((title) => title.split(/[\s'’-]+/).some((word) => word.startsWith(wanted))))
    return { score: 4, keyword: undefined }
  const keyword = info.keywords.find((word) => fold(word).startsWith(wanted))
  if (keyword !== undefined) return { score: 3, keyword }
  if (titles.some((title) => title.includes(wanted))) return { score: 2, keyword: undefined }
  const all = fold([...titles, ...info.keywords, info.summary.en, info.summary.fr, info.type, info.family].join(' '))
  return { score: wanted.split(/\s+/).every((word) => all.includes(word)) ? 1 : 0, keyword: undefined }
}

const titlesOf = ({ title, type }: ModuleInfo): string[] => [
  fold(title.en),
  fold(title.fr),
  fold(type.slice(type.indexOf('.') + 1).replaceAll('_', ' ')),
]

function isNear(info: ModuleInfo, wanted: string): boolean {
  if (wanted.length < 4) return false
  const most = wanted.length < 7 ? 1 : 2
  const candidates = [...titlesOf(info), ...info.keywords.map(fold)].flatMap((text) => [text, ...text.split(/\s+/)])
  return candidates.some((word) => {
    const start = word.slice(0, wanted.length + 1)
    return [word, start, word.slice(0, wanted.length)].some(
      (each) => Math.abs(each.length - wanted.length) <= most && editDistance(each, wanted) <= most,
    )
  })
}

/** Without case and accents, so that `enregistre` finds `Enregistré`. */
export const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
