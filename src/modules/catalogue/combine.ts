import type { Module } from '../kit/contract.ts'
import { asofJoin } from '../transformers/asof-join/implementation.ts'
import { compare } from '../transformers/compare/implementation.ts'
import { cross } from '../transformers/cross/implementation.ts'
import { except } from '../transformers/except/implementation.ts'
import { fuzzyJoin } from '../transformers/fuzzy-join/implementation.ts'
import { httpLookup } from '../transformers/http-lookup/implementation.ts'
import { intersect } from '../transformers/intersect/implementation.ts'
import { join } from '../transformers/join/implementation.ts'
import { lookup } from '../transformers/lookup/implementation.ts'
import { rangeJoin } from '../transformers/range-join/implementation.ts'
import { union } from '../transformers/union/implementation.ts'

/** In the order of the palette. */
export const combineModules: readonly Module[] = [
  join,
  union,
  lookup,
  httpLookup,
  asofJoin,
  rangeJoin,
  fuzzyJoin,
  intersect,
  except,
  compare,
  cross,
]
