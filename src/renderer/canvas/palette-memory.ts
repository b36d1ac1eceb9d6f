import { type ModuleFamily, moduleFamilySchema } from '../../shared/modules/descriptor.ts'
import { layoutValue, rememberLayout, useSettings } from '../store/settings.ts'

const MOST_RECENT = 5

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

const recent = () => layoutValue('recentSteps', [], isTexts)

/** Types of the steps that were added last, the newest first. */
export function useRecentSteps(): readonly string[] {
  useSettings((state) => state.layout.recentSteps)
  return recent()
}

export function rememberStep(type: string): void {
  rememberLayout('recentSteps', [type, ...recent().filter((each) => each !== type)].slice(0, MOST_RECENT))
}

/** The families that were folded away in the palette. */
export function useClosedFamilies(): ReadonlySet<ModuleFamily> {
  useSettings((state) => state.layout.closedFamilies)
  return new Set(
    moduleFamilySchema.options.filter((family) => layoutValue('closedFamilies', [], isTexts).includes(family)),
  )
}

export function setFamilyOpen(family: ModuleFamily, open: boolean): void {
  const others = layoutValue('closedFamilies', [], isTexts).filter((each) => each !== family)
  rememberLayout('closedFamilies', open ? others : [...others, family])
}
