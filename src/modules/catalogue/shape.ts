import type { Module } from '../kit/contract.ts'
import { aggregate } from '../transformers/aggregate/implementation.ts'
import { deduplicate } from '../transformers/deduplicate/implementation.ts'
import { explode } from '../transformers/explode/implementation.ts'
import { filter } from '../transformers/filter/implementation.ts'
import { flatten } from '../transformers/flatten/implementation.ts'
import { groupSimilar } from '../transformers/group-similar/implementation.ts'
import { limit } from '../transformers/limit/implementation.ts'
import { nest } from '../transformers/nest/implementation.ts'
import { pivot } from '../transformers/pivot/implementation.ts'
import { sample } from '../transformers/sample/implementation.ts'
import { select } from '../transformers/select/implementation.ts'
import { sort } from '../transformers/sort/implementation.ts'
import { splitRows } from '../transformers/split-rows/implementation.ts'
import { top } from '../transformers/top/implementation.ts'
import { transpose } from '../transformers/transpose/implementation.ts'
import { unpivot } from '../transformers/unpivot/implementation.ts'

/** In the order of the palette. */
export const shapeModules: readonly Module[] = [
  filter,
  select,
  sort,
  aggregate,
  deduplicate,
  pivot,
  unpivot,
  top,
  limit,
  sample,
  splitRows,
  groupSimilar,
  transpose,
  explode,
  flatten,
  nest,
]
