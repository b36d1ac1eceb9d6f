import { expect, test } from 'vitest'
import { readSchedules } from './read-schedules.ts'
import { writeSchedules } from './write-schedules.ts'

const WHOLE = `format: logidata-schedules/v1
schedules:
  # Before the office opens.
  nightly:
    pipeline: pipelines/sales.pipeline.yaml
    description: Sales of the day before
    trigger: { cron: 0 6 * * 1-5, time_zone: Europe/Paris } # not at weekends
    parameters: { since: "\${scheduled_date - 1d}" }
    missed: once
    late_after: 30m
    notify: [ops]
  inbox:
    pipeline: pipelines/load.pipeline.yaml
    enabled: false
    trigger: { files: inbox/*.csv, settle: 5s, per: file }
    overlap: queue
  report:
    pipeline: pipelines/report.pipeline.yaml
    trigger: { after: pipelines/sales.pipeline.yaml }
channels:
  ops:
    on: [failure, recovery]
    email:
      to: [ops@example.org]
    webhook:
      url: https://example.org/hook
mail:
  host: smtp.example.org
  from: studio@example.org
  user: studio
  password: \${env:SMTP_PASSWORD}
`

const codes = (text: string) => readSchedules(text).problems.map(({ code, position }) => `${code} ${position?.line}`)
const file = (schedule: string) => `format: logidata-schedules/v1\nschedules:\n${schedule.replaceAll(/^/gm, '  ')}\n`

test('a whole file is read, and written back as it was, comments included', () => {
  const { document, problems, complete } = readSchedules(WHOLE)
  expect(problems).toEqual([])
  expect(complete).toBe(true)
  expect(document?.schedules.nightly?.trigger).toEqual({ cron: '0 6 * * 1-5', time_zone: 'Europe/Paris' })
  const written = document && writeSchedules(document, WHOLE)
  expect(written).toContain('  # Before the office opens.\n  nightly:')
  expect(written).toContain('# not at weekends')
  expect(readSchedules(written ?? '').document).toEqual(document)
  // Canonical: the second writing changes nothing.
  expect(document && writeSchedules(document, written)).toBe(written)
})

test('values are text as written: a date for a parameter, a number for a pattern', () => {
  const { document } = readSchedules(
    file('a:\n  pipeline: a.pipeline.yaml\n  trigger: { every: 90s }\n  parameters: { since: 2024-01-01, n: 007 }'),
  )
  expect(document?.schedules.a?.parameters).toEqual({ since: '2024-01-01', n: '007' })
})

test('a schedule with a fault is left out and named with its line; the others stay', () => {
  const text = file(
    [
      'good:\n  pipeline: a.pipeline.yaml\n  trigger: { cron: "* * * * *" }',
      'bad:\n  pipeline: a.pipeline.yaml\n  trigger: { cron: "* * * * *", timezone: Europe/Paris }',
      'worse:\n  pipeline: ../a.pipeline.yaml\n  trigger: { every: often }',
      'none:\n  pipeline: a.pipeline.yaml',
    ].join('\n'),
  )
  const { document, complete, problems } = readSchedules(text)
  expect(Object.keys(document?.schedules ?? {})).toEqual(['good'])
  expect(complete).toBe(false)
  expect(problems.map(({ message, position }) => `${position?.line}: ${message}`)).toEqual([
    '8: “trigger.timezone” of schedule “bad” is not known here.',
    '10: “pipeline” of schedule “worse” is not valid: name a pipeline file of the project.',
    '11: “trigger.every” of schedule “worse” is not valid: write a length of time such as 500ms, 2s, 10m, 1h or 7d.',
    '12: “trigger” of schedule “none” must say one of cron, every, files and after.',
  ])
})

test('channels and servers that are not there, and circles, are problems', () => {
  const text = `${file(
    [
      'a:\n  pipeline: a.pipeline.yaml\n  trigger: { after: b.pipeline.yaml }\n  notify: [opps]',
      'b:\n  pipeline: b.pipeline.yaml\n  trigger: { after: a.pipeline.yaml }',
      'c:\n  pipeline: c.pipeline.yaml\n  trigger: { after: a.pipeline.yaml }',
    ].join('\n'),
  )}channels:\n  ops:\n    email: { to: [a@example.org] }\n`
  expect(codes(text)).toEqual(['schedules.channel 6', 'schedules.mail 15', 'schedules.cycle 5', 'schedules.cycle 9'])
})

test.each([
  ['', 'schedules.not-schedules'],
  ['- a', 'schedules.not-schedules'],
  ['format: logidata-schedules/v9\nschedules: {}', 'schedules.format'],
  ['format: logidata-schedules/v1\nschedules: [', 'pipeline.syntax'],
])('%j gives one problem and no document', (text, code) => {
  const read = readSchedules(text)
  expect(read.document).toBeUndefined()
  expect(read.problems.map((problem) => problem.code)).toEqual([code])
})

test('a password is named, not written', () => {
  const text = WHOLE.replace('${env:SMTP_PASSWORD}', 'hunter2')
  expect(readSchedules(text).problems[0]?.message).toContain('name an environment variable')
})
