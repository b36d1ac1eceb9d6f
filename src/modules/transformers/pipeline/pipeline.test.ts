import { expect, it, onTestFinished } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { openFileLab } from '../../kit/files/testing.ts'
import { pipelineDescriptor } from './descriptor.ts'
import { pipelineStep } from './implementation.ts'

const OTHER = `
format: logidata/v1
name: Clean names
parameters:
  country: { type: text, default: FR }
  since: { type: date }
nodes:
  people: { type: extract.input, config: { columns: [{ name: name, type: VARCHAR }] } }
  clean: { type: transform.output, inputs: { in: people } }
  doubtful: { type: transform.output, inputs: { in: people } }
`

async function detect(files: Record<string, string>, config: Record<string, unknown>) {
  const lab = await openFileLab()
  onTestFinished(() => lab.close())
  for (const [path, text] of Object.entries(files)) await lab.write(path, text)
  return pipelineStep.detect?.({
    nodeId: 'node',
    config: pipelineDescriptor.config.parse(config),
    parameters: new Map(),
    files: lab.files,
    session: lab.session,
    signal: new AbortController().signal,
  })
}

it('finds the ends and the parameters of the other pipeline, and keeps the values that were given', async () => {
  const files = { 'pipelines/other.pipeline.yaml': OTHER }
  const path = 'pipelines/other.pipeline.yaml'
  const ports = { path, inputs: [{ name: 'people' }], outputs: [{ name: 'clean' }, { name: 'doubtful' }] }
  expect(await detect(files, { path })).toEqual({ ...ports, parameters: [{ name: 'country', value: 'FR' }] })
  const given = [{ name: 'since', value: '$from' }]
  expect(await detect(files, { path, parameters: given })).toEqual({
    ...ports,
    parameters: [{ name: 'country', value: 'FR' }, ...given],
  })
})

it('says what is wrong with a file that is no pipeline', async () => {
  const refused = await detect({ 'x.yaml': 'a: [' }, { path: 'x.yaml' }).catch(toErrorInfo)
  expect(refused).toMatchObject({ code: 'pipeline.unreadable', field: ['path'] })
  const missing = await detect({}, { path: 'nothing.yaml' }).catch(toErrorInfo)
  expect(missing).toMatchObject({ code: 'file.not-found' })
})
