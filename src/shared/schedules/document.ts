import { z } from 'zod'
import { durationSchema } from '../duration.ts'
import { nodeIdSchema } from '../pipeline/document.ts'

/** The current value of the file's `format` key. */
export const SCHEDULES_FORMAT = 'logidata-schedules/v1'

/** In the project's folder; made for people, git and review as pipelines are. */
export const SCHEDULES_FILE = 'schedules.yaml'

const pipelinePathSchema = z
  .string()
  .regex(/^(?![/\\])(?!.*(?:^|\/)\.\.(?:\/|$)).+\.pipeline\.ya?ml$/, 'name a pipeline file of the project')

/** At the times of a cron pattern: minute hour day month weekday, with seconds before them where six are given. */
export const cronTriggerSchema = z.strictObject({
  cron: z.string().min(1).max(200),
  /** IANA name, such as `Europe/Paris`; absent: of the machine. */
  time_zone: z.string().min(1).optional(),
})

/** Again and again, counted from midnight UTC of 1 January 1970, so that a restart shifts nothing. */
export const everyTriggerSchema = z.strictObject({ every: durationSchema })

/** When files arrive or change, once they have not grown for `settle`. */
export const filesTriggerSchema = z.strictObject({
  /** Path or glob, relative to the project. */
  files: z.string().min(1),
  settle: durationSchema.optional(),
  /** A run for each file, whose path is `${file}`, or one for all that arrived together. */
  per: z.enum(['file', 'batch']).optional(),
})

/** After each run of another pipeline, whoever started it. */
export const afterTriggerSchema = z.strictObject({
  after: pipelinePathSchema,
  on: z.enum(['success', 'failure', 'end']).optional(),
})

export const triggerSchema = z.union([cronTriggerSchema, everyTriggerSchema, filesTriggerSchema, afterTriggerSchema])
export type Trigger = z.infer<typeof triggerSchema>

export const scheduleSchema = z.strictObject({
  pipeline: pipelinePathSchema,
  description: z.string().max(2000).optional(),
  /** Only `false` is written. */
  enabled: z.boolean().optional(),
  trigger: triggerSchema,
  /** Text per parameter; `${scheduled_time}`, `${scheduled_date}`, `${scheduled_date - 1d}` and `${file}` are filled in. */
  parameters: z.record(nodeIdSchema, z.string()).optional(),
  /** What becomes of times at which the application was not running: nothing, one run for all of them, a run for each. */
  missed: z.enum(['skip', 'once', 'all']).optional(),
  /** When the run before has not ended yet: leave this one out, or let it wait. */
  overlap: z.enum(['skip', 'queue']).optional(),
  /** A run that has not succeeded so long after its time is late. */
  late_after: durationSchema.optional(),
  /** Channels that are told. */
  notify: z.array(nodeIdSchema).optional(),
})
export type Schedule = z.infer<typeof scheduleSchema>

export const noticeKindSchema = z.enum(['failure', 'recovery', 'late', 'success'])
export type NoticeKind = z.infer<typeof noticeKindSchema>

const ENVIRONMENT = /^\$\{env:[A-Za-z_]\w*\}$/

const webAddressSchema = z.url({ protocol: /^https?$/ })

const isWebAddress = (text: string): boolean => ENVIRONMENT.test(text) || webAddressSchema.safeParse(text).success

const addressSchema = z.email('write an e-mail address')

/** What is told to whom. A channel may have several ways. */
export const channelSchema = z
  .strictObject({
    on: z.array(noticeKindSchema).min(1).optional(),
    /** A notification of the desktop, where a window is open. */
    desktop: z.boolean().optional(),
    email: z.strictObject({ to: z.array(addressSchema).min(1) }).optional(),
    webhook: z
      .strictObject({
        /** Or `${env:NAME}`: the addresses of many services are secrets. */
        url: z.string().refine(isWebAddress, 'write an address that begins with https:// or http://, or ${env:NAME}'),
        /** Signs the body (HMAC-SHA256, header `X-LogiData-Signature`). */
        secret: z.string().min(1).optional(),
      })
      .optional(),
  })
  .refine((channel) => channel.desktop || channel.email || channel.webhook, 'say desktop, email or webhook')
export type Channel = z.infer<typeof channelSchema>

/** The server that e-mails leave by. Secrets are named, such as `${env:SMTP_PASSWORD}`, never written. */
export const mailServerSchema = z.strictObject({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).optional(),
  /** `starttls` refuses to send without encryption; `none` is for a server on this machine. */
  security: z.enum(['none', 'starttls', 'tls']).optional(),
  from: addressSchema,
  user: z.string().optional(),
  password: z.string().regex(ENVIRONMENT, 'name an environment variable: ${env:SMTP_PASSWORD}').optional(),
})
export type MailServer = z.infer<typeof mailServerSchema>

export const schedulesSchema = z.strictObject({
  format: z.literal(SCHEDULES_FORMAT),
  schedules: z.record(nodeIdSchema, scheduleSchema),
  channels: z.record(nodeIdSchema, channelSchema).optional(),
  mail: mailServerSchema.optional(),
})
export type Schedules = z.infer<typeof schedulesSchema>

/** What a schedule does where its file is silent. */
export const DEFAULTS = {
  missed: 'once',
  overlap: 'skip',
  settle: '2s',
  per: 'file',
  after: 'success',
  notices: ['failure', 'recovery', 'late'],
} as const satisfies Record<string, string | readonly NoticeKind[]>
