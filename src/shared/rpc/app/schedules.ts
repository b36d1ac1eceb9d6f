import { z } from 'zod'
import { problemSchema } from '../../engine/types.ts'
import { errorInfoSchema } from '../../errors.ts'
import { noticeKindSchema, schedulesSchema, triggerSchema } from '../../schedules/document.ts'
import { call, stream } from '../contract.ts'

const instantSchema = z.iso.datetime()

export const scheduleRowSchema = z.object({
  name: z.string(),
  /** Why it cannot run as it is written. */
  error: errorInfoSchema.optional(),
  /** Its next times; none for files and for what comes after others. */
  next: z.array(instantSchema),
  lastDue: instantSchema.optional(),
  lastRunId: z.string().optional(),
  lastOutcome: z.enum(['succeeded', 'failed', 'cancelled', 'interrupted']).optional(),
  /** A run that it started waits or goes. */
  going: z.boolean(),
  failing: z.boolean(),
  late: z.boolean(),
  lastSkip: z
    .object({ due: instantSchema, why: z.enum(['missed', 'overlap', 'error']), message: z.string() })
    .optional(),
})
export type ScheduleRow = z.infer<typeof scheduleRowSchema>

export const deliveryRowSchema = z.object({
  id: z.string(),
  at: instantSchema,
  channel: z.string(),
  way: z.enum(['desktop', 'email', 'webhook']),
  kind: noticeKindSchema,
  schedule: z.string(),
  state: z.enum(['waiting', 'sent', 'given up']),
  attempts: z.number().int(),
  error: z.string().optional(),
})
export type DeliveryRow = z.infer<typeof deliveryRowSchema>

/** `schedules.yaml` and what has become of it. */
export const scheduleBoardSchema = z.object({
  /** This computer runs them: a person said so. Nobody's project starts anything by being opened. */
  active: z.boolean(),
  /** Hash of the file; absent while there is none. */
  revision: z.string().optional(),
  document: schedulesSchema.optional(),
  /** Nothing of the file would be lost by saving over it. */
  complete: z.boolean(),
  problems: z.array(problemSchema),
  rows: z.array(scheduleRowSchema),
  deliveries: z.array(deliveryRowSchema),
})
export type ScheduleBoard = z.infer<typeof scheduleBoardSchema>

export const desktopNoticeSchema = z.object({
  id: z.string(),
  at: instantSchema,
  kind: noticeKindSchema,
  subject: z.string(),
  text: z.string(),
  pipeline: z.string(),
  runId: z.string().optional(),
})
export type DesktopNotice = z.infer<typeof desktopNoticeSchema>

const nameSchema = z.object({ name: z.string() })

/** When pipelines run by themselves, and who is told. */
export const scheduleContract = {
  /** An item at once, and one after every change. */
  'schedules.watch': stream('read', z.object({}), scheduleBoardSchema),
  /** Keeps comments. Fails with `schedules.conflict` if the file is not at `revision` any more; without one, if there is a file. */
  'schedules.save': call(
    'write',
    z.object({ revision: z.string().optional(), document: schedulesSchema }),
    z.object({ revision: z.string() }),
  ),
  /** Whether this computer runs the project's schedules while it is open. */
  'schedules.activate': call('run', z.object({ active: z.boolean() }), z.object({})),
  'schedules.runNow': call('run', nameSchema, z.object({ runId: z.string() })),
  /** The next times of a trigger, to check what one writes. */
  'schedules.times': call(
    'read',
    z.object({ trigger: triggerSchema, count: z.number().int().min(1).max(50).default(5) }),
    z.object({ times: z.array(instantSchema), error: errorInfoSchema.optional() }),
  ),
  /** Sends a test by all ways of a channel. */
  'notifications.test': call('run', nameSchema, z.object({})),
  /** What the desktop shows, from now on. */
  'notifications.watch': stream('read', z.object({}), desktopNoticeSchema),
} as const
