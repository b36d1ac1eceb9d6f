import { expect, it } from 'vitest'
import { checkModules } from '../../src/modules/catalogue/check.ts'
import { cleanModules } from '../../src/modules/catalogue/clean.ts'
import { combineModules } from '../../src/modules/catalogue/combine.ts'
import { computeModules } from '../../src/modules/catalogue/compute.ts'
import { routeModules } from '../../src/modules/catalogue/route.ts'
import { shapeModules } from '../../src/modules/catalogue/shape.ts'
import { casesNamed } from '../bench/sample.ts'

/** Why a step has no SQL written by hand to be measured against. */
const WITHOUT: Readonly<Record<string, string>> = {
  'transform.script': 'its rows go through JavaScript',
  'transform.http_lookup': 'its rows come from a server',
  'transform.pipeline': 'it is replaced by the steps of another file, which are measured',
  'transform.output': 'it names rows for another file and changes none',
}

const families = [cleanModules, computeModules, combineModules, shapeModules, checkModules, routeModules]
const types = families.flat().map(({ descriptor }) => descriptor.type)
const catalogue = types.filter((type) => type.startsWith('transform.'))
const measured = new Set((await casesNamed([])).map(({ module }) => module.descriptor.type))

it('measures every transform of the catalogue, or says why not', () => {
  expect(catalogue.filter((type) => !measured.has(type) && WITHOUT[type] === undefined)).toEqual([])
})

it('excuses no transform that is measured or that is gone', () => {
  expect(Object.keys(WITHOUT).filter((type) => measured.has(type) || !catalogue.includes(type))).toEqual([])
})
