import type { ModuleInfo } from '../shared/modules/descriptor.ts'
import { checkModules } from './catalogue/check.ts'
import { cleanModules } from './catalogue/clean.ts'
import { combineModules } from './catalogue/combine.ts'
import { computeModules } from './catalogue/compute.ts'
import { extractModules } from './catalogue/extract.ts'
import { loadModules } from './catalogue/load.ts'
import { routeModules } from './catalogue/route.ts'
import { shapeModules } from './catalogue/shape.ts'
import type { Module } from './kit/contract.ts'
import { toModuleInfo } from './kit/module-info.ts'

/** Every module there is, in the order of the palette. */
export const modules: readonly Module[] = [
  ...extractModules,
  ...cleanModules,
  ...computeModules,
  ...combineModules,
  ...shapeModules,
  ...checkModules,
  ...routeModules,
  ...loadModules,
]

const byType = new Map(modules.map((module) => [module.descriptor.type, module]))

/** @example moduleOf('transform.filter') */
export function moduleOf(type: string): Module | undefined {
  return byType.get(type)
}

let infos: ModuleInfo[] | undefined

/** The catalogue as data, for the window, the command line and the documentation. */
export function moduleInfos(): ModuleInfo[] {
  infos ??= modules.map((module) => toModuleInfo(module.descriptor))
  return infos
}
