import { z } from 'zod'
import { runSummarySchema } from './history.ts'

/** What a run, or a node of it, took and gave. Absent: not measured. */
export const runFiguresSchema = z.object({
  milliseconds: z.number().optional(),
  /** Decimal digits: over all output ports; of a load, what it wrote. */
  rows: z.string().optional(),
  bytesRead: z.number().optional(),
  bytesWritten: z.number().optional(),
})
export type RunFigures = z.infer<typeof runFiguresSchema>

/** Beyond the threshold, against the median of the earlier runs. `new`, `gone`: the node is in one of the two runs only. */
export const comparisonFlagSchema = z.enum(['slower', 'faster', 'fewer', 'more', 'new', 'gone'])
export type ComparisonFlag = z.infer<typeof comparisonFlagSchema>

const comparedSchema = z.object({
  now: runFiguresSchema.optional(),
  before: runFiguresSchema.optional(),
  median: runFiguresSchema.optional(),
  flags: z.array(comparisonFlagSchema),
})
export type Compared = z.infer<typeof comparedSchema>

export const runComparisonSchema = z.object({
  run: runSummarySchema,
  /** The one it is compared with: by default the last of this pipeline before it that succeeded. */
  with: runSummarySchema.optional(),
  /** How many earlier runs that succeeded the medians are of: ten at most. */
  medianOf: z.number().int(),
  /** Share of the median beyond which something is flagged. */
  threshold: z.number(),
  total: comparedSchema,
  nodes: z.array(comparedSchema.extend({ nodeId: z.string() })),
})
export type RunComparison = z.infer<typeof runComparisonSchema>
