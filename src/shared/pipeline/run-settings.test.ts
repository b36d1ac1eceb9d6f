import { expect, test } from 'vitest'
import { applyEdit, applyEdits } from './apply-edit.ts'
import { diffPipelines } from './diff.ts'
import { semanticHash } from './hash.ts'
import { readPipeline } from './read-pipeline.ts'
import { writePipeline } from './write-pipeline.ts'

const file = (run: string) => `format: logidata/v1
name: x
nodes:
  a:
    type: extract.csv
    config: { path: a.csv }
${run}`
const SETTINGS = '    run: { retries: 5, wait: 10s, factor: 2, timeout: 10m, retry_on: [file.not-found, target.*] }\n'

function read(text: string) {
  const { document, problems } = readPipeline(text)
  if (!document) throw new Error('no document')
  return { document, problems }
}

test('run settings are read and written canonically, and a file without them stays as it is', () => {
  const { document, problems } = read(file(SETTINGS))
  expect(problems).toEqual([])
  expect(document.nodes.a?.run).toEqual({
    retries: 5,
    wait: '10s',
    factor: 2,
    timeout: '10m',
    retry_on: ['file.not-found', 'target.*'],
  })
  expect(writePipeline(document)).toBe(file(SETTINGS))
  expect(writePipeline(read(file('    run: { timeout: 10m, retries: 5 }\n')).document)).toBe(
    file('    run: { retries: 5, timeout: 10m }\n'),
  )
  for (const empty of ['', '    run:\n', '    run: {}\n'])
    expect(writePipeline(read(file(empty)).document)).toBe(file(''))
})

test('what is wrong with them is said with its place, and the rest is kept', () => {
  const wrong: Record<string, string> = {
    'retries: 21': 'too long',
    'wait: soon': 'length of time',
    'factor: 0': 'too short',
    'retry_on: [Busy!]': 'target.busy',
    'often: true': 'not known',
  }
  for (const [setting, said] of Object.entries(wrong)) {
    const { document, problems } = read(file(`    run: { ${setting}, timeout: 1m }\n`))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ nodeId: 'a', position: { line: 7 } })
    expect(`${problems[0]?.message} ${problems[0]?.hint}`).toContain(said)
    expect(document.nodes.a?.config).toEqual({ path: 'a.csv' })
  }
})

test('an edit sets them and is undone; they are a difference, but no other pipeline', () => {
  const { document } = read(file(''))
  const applied = applyEdit(document, { kind: 'setRun', nodeId: 'a', run: { retries: 3 } })
  expect(applied.document.nodes.a?.run).toEqual({ retries: 3 })
  expect(applyEdits(applied.document, applied.inverse).document).toEqual(document)
  const cleared = applyEdit(applied.document, { kind: 'setRun', nodeId: 'a' })
  expect(cleared.document).toEqual(document)
  expect(applyEdits(cleared.document, cleared.inverse).document).toEqual(applied.document)
  expect(diffPipelines(document, applied.document)).toMatchObject([{ kind: 'nodeChanged', nodeId: 'a' }])
  expect(semanticHash(applied.document)).toBe(semanticHash(document))
})
