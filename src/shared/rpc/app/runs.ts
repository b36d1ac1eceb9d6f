import { z } from 'zod'
import { runEventSchema } from '../../engine/types.ts'
import { documentSchema } from '../../pipeline/document.ts'
import { runComparisonSchema } from '../../runs/compare.ts'
import { runCursorSchema } from '../../runs/cursors.ts'
import { runCheckSchema, runDetailSchema, runPageSchema, runStateSchema, runSummarySchema } from '../../runs/history.ts'
import { logFilterSchema, logLineSchema } from '../../runs/log-line.ts'
import { keptPageSchema, repairsSchema, replayOptionsSchema } from '../../runs/rejects.ts'
import {
  cleanedSchema,
  projectSettingsPatchSchema,
  projectSettingsSchema,
  storageStatusSchema,
} from '../../runs/storage.ts'
import { call, stream } from '../contract.ts'
import { draftSchema } from './drafts.ts'
import { pathSchema } from './paths.ts'

const runIdSchema = z.object({ runId: z.string() })
const rejectsOfSchema = runIdSchema.extend({ nodeId: z.string(), port: z.string() })

/** Runs: asked for, queued, followed, stopped, resumed, remembered. */
export const runContract = {
  /** Journals the run and queues it; it starts at once when nothing else runs. */
  'run.start': call(
    'run',
    draftSchema.extend({
      path: pathSchema,
      /** Only the loads above or at these nodes. */
      only: z.array(z.string()).optional(),
      /** These nodes and what is below; above is taken from staged results where they are still right. */
      from: z.array(z.string()).optional(),
      /** Up to these nodes; what is below is not run. */
      to: z.array(z.string()).optional(),
      /** Where the clock of the run, and of all its attempts, stands still: ISO. */
      now: z.string().optional(),
      /** Sources over a connection are not asked: the rows that an earlier run read are taken. */
      offline: z.boolean().optional(),
      /** False: sources do nothing of the steps after them. */
      pushdown: z.boolean().optional(),
      /** The same key again gives the run that it gave first. */
      key: z.string().min(1).max(200).optional(),
      /** Before the others that wait. */
      priority: z.boolean().default(false),
    }),
    runIdSchema,
  ),
  /** Takes up a run that failed, was cancelled or interrupted, from its last good stage: its next attempt. */
  'run.resume': call(
    'run',
    runIdSchema.extend({
      /** `now`: as its file has it; `then`: as it was when the run began. */
      pipeline: z.enum(['now', 'then']).default('now'),
      /** As it stands in the window, in place of both. */
      document: documentSchema.optional(),
      /** Over those that the run was given: secrets are not written down. */
      parameters: z.record(z.string(), z.string()).optional(),
    }),
    runIdSchema,
  ),
  /** A new run with the pipeline and parameters that this one had. */
  'run.repeat': call('run', runIdSchema, runIdSchema),
  /** All events of a run from its first, every attempt's, then live ones, until it has ended. */
  'run.events': stream('read', runIdSchema, runEventSchema),
  /** Where incremental extracts go on in the next run. */
  'cursor.list': call('read', z.object({ path: pathSchema.optional() }), z.array(runCursorSchema)),
  /** The next run reads everything again. */
  'cursor.reset': call(
    'write',
    z.object({ path: pathSchema, nodeId: z.string().optional() }),
    z.object({ forgotten: z.number().int() }),
  ),
  /** Ends a run that goes, and takes one that waits out of the queue. */
  'run.cancel': call('run', runIdSchema, z.object({})),
  /** Newest first. */
  'run.list': call(
    'read',
    z.object({
      path: pathSchema.optional(),
      states: z.array(runStateSchema).optional(),
      /** In the pipeline's name or path, the run's id or its error. */
      contains: z.string().optional(),
      before: z.number().int().optional(),
      limit: z.number().int().min(1).max(500).default(50),
    }),
    runPageSchema,
  ),
  'run.read': call('read', runIdSchema, runDetailSchema),
  /** Against an earlier run, node by node, and against what is usual. */
  'run.compare': call(
    'read',
    runIdSchema.extend({ with: z.string().optional(), threshold: z.number().min(0).max(100).default(0.5) }),
    runComparisonSchema,
  ),
  /** Results of checks over time, newest first. */
  'run.checks': call(
    'read',
    z.object({
      path: pathSchema,
      nodeId: z.string().optional(),
      port: z.string().optional(),
      check: z.string().optional(),
      limit: z.number().int().min(1).max(1000).default(100),
    }),
    z.array(runCheckSchema),
  ),
  /** Lines of the project's log: those that are there as one item, then, unless told not to, what comes, until it is ended. */
  'run.logs': stream('read', logFilterSchema, z.array(logLineSchema)),
  /** A page of the rows that a node turned down, exact. */
  'run.rejects': call(
    'read',
    rejectsOfSchema.extend({
      limit: z.number().int().min(1).max(10_000).default(200),
      offset: z.number().int().min(0).default(0),
    }),
    keptPageSchema,
  ),
  /** Writes them as CSV, Excel or Parquet, as the path's ending says, into a file that is not there yet. */
  'run.exportRejects': call('write', rejectsOfSchema.extend({ path: z.string().min(1) }), z.object({})),
  /** A new run that reads them again, repaired, and adds what comes of them to what was written: each row once, unless told otherwise. */
  'run.replay': call(
    'run',
    rejectsOfSchema.extend({ ...repairsSchema.shape, ...replayOptionsSchema.shape }),
    runIdSchema,
  ),
  /** What goes and what waits, in order: an item at once, and one after every change. */
  'run.queue': stream('read', z.object({}), z.array(runSummarySchema)),
  /** What the project keeps of its runs, and what that takes on the disk. */
  'storage.status': call('read', z.object({}), storageStatusSchema),
  /** Changes the given settings. */
  'storage.configure': call('write', projectSettingsPatchSchema, projectSettingsSchema),
  /** Removes at once what the settings say is not kept, or says what that would be. */
  'run.clean': call('write', z.object({ dryRun: z.boolean().default(false) }), cleanedSchema),
  /** Puts a waiting run before another; without `before`, last. */
  'run.move': call('run', runIdSchema.extend({ before: z.string().optional() }), z.object({})),
} as const
