import type { Module } from '../kit/contract.ts'
import { bin } from '../transformers/bin/implementation.ts'
import { conditionStep } from '../transformers/condition/implementation.ts'
import { dateDifference } from '../transformers/date-difference/implementation.ts'
import { dateParts } from '../transformers/date-parts/implementation.ts'
import { dateTruncate } from '../transformers/date-truncate/implementation.ts'
import { distance } from '../transformers/distance/implementation.ts'
import { fillGaps } from '../transformers/fill-gaps/implementation.ts'
import { formula } from '../transformers/formula/implementation.ts'
import { rank } from '../transformers/rank/implementation.ts'
import { resample } from '../transformers/resample/implementation.ts'
import { rowId } from '../transformers/row-id/implementation.ts'
import { timeZone } from '../transformers/time-zone/implementation.ts'
import { windowStep } from '../transformers/window/implementation.ts'

/** In the order of the palette. */
export const computeModules: readonly Module[] = [
  formula,
  conditionStep,
  windowStep,
  rank,
  rowId,
  bin,
  dateParts,
  dateDifference,
  dateTruncate,
  timeZone,
  fillGaps,
  resample,
  distance,
]
