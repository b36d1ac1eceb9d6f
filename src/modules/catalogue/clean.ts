import type { Module } from '../kit/contract.ts'
import { cast } from '../transformers/cast/implementation.ts'
import { clean } from '../transformers/clean/implementation.ts'
import { extract } from '../transformers/extract/implementation.ts'
import { fill } from '../transformers/fill/implementation.ts'
import { header } from '../transformers/header/implementation.ts'
import { mapValues } from '../transformers/map-values/implementation.ts'
import { mask } from '../transformers/mask/implementation.ts'
import { merge } from '../transformers/merge/implementation.ts'
import { rename } from '../transformers/rename/implementation.ts'
import { replace } from '../transformers/replace/implementation.ts'
import { split } from '../transformers/split/implementation.ts'

/** In the order of the palette. */
export const cleanModules: readonly Module[] = [
  clean,
  cast,
  fill,
  rename,
  header,
  replace,
  mapValues,
  split,
  merge,
  extract,
  mask,
]
