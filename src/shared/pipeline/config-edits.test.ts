import { describe, expect, it } from 'vitest'
import { outputPortsOf } from '../modules/ports.ts'
import { applyEdits } from './apply-edit.ts'
import { configEdits } from './config-edits.ts'
import { FORMAT, type JsonValue, type PipelineDocument } from './document.ts'

const declared = [
  { name: 'otherwise', title: { en: 'Otherwise', fr: 'Sinon' } },
  { name: 'case', title: { en: 'Case', fr: 'Cas' }, each: { field: 'cases', name: 'port' } },
]
const ports = (config: unknown) => outputPortsOf(declared, config).map(({ name }) => name)
const cases = (...names: JsonValue[]) => ({ cases: names.map((port) => ({ port })) })

describe('ports that a config makes', () => {
  it('are one per item of the list, named by it', () => {
    expect(ports(cases('north', 'south'))).toEqual(['otherwise', 'north', 'south'])
    expect(ports({})).toEqual(['otherwise'])
    expect(ports({ cases: 'x' })).toEqual(['otherwise'])
  })
  it('never share a name and never lack one, whatever is being typed', () => {
    expect(ports(cases('a', '', 'a', 'otherwise', 'No Name', 7))).toEqual([
      'otherwise',
      'a',
      'case_2',
      'case_3',
      'case_4',
      'case_5',
      'case_6',
    ])
    expect(ports(cases('case_2', ''))).toEqual(['otherwise', 'case_2', 'case_2_'])
  })
})

describe('a change of config', () => {
  const document: PipelineDocument = {
    format: FORMAT,
    name: 'p',
    nodes: {
      s: { type: 'transform.switch', config: cases('north', 'south') },
      a: { type: 'transform.limit', inputs: { in: 's.north' } },
      b: { type: 'transform.union', inputs: { in_1: 's.south', in_2: 's', in_3: 's.north' } },
    },
  }
  const change = (config: Record<string, JsonValue>) =>
    applyEdits(
      document,
      configEdits(document, 's', config, (each) => outputPortsOf(declared, each)),
    )

  it('that renames a port is followed by all that read it, and can be undone', () => {
    const { document: after, inverse } = change(cases('nord', 'south'))
    expect(after.nodes.a?.inputs).toEqual({ in: 's.nord' })
    expect(after.nodes.b?.inputs).toEqual({ in_1: 's.south', in_2: 's', in_3: 's.nord' })
    expect(applyEdits(after, inverse).document).toEqual(document)
  })
  it('that swaps two names swaps their readers', () => {
    expect(change(cases('south', 'north')).document.nodes.b?.inputs).toEqual({
      in_1: 's.north',
      in_2: 's',
      in_3: 's.south',
    })
  })
  it('that adds or removes a port leaves the readers of the others alone', () => {
    expect(change(cases('south')).document.nodes.b?.inputs).toEqual({ in_1: 's.south', in_2: 's', in_3: 's.north' })
  })
})

describe('an input that gets another name', () => {
  const inputs = (config: Readonly<Record<string, JsonValue>>) =>
    (config.inputs as string[]).map((name) => ({
      name,
      title: { en: name, fr: name },
      many: false,
      optional: false,
      freeNames: false,
    }))
  const document: PipelineDocument = {
    format: FORMAT,
    name: 'p',
    nodes: {
      a: { type: 'extract.inline' },
      b: { type: 'extract.inline' },
      s: { type: 'transform.pipeline', inputs: { left: 'a', right: 'b' }, config: { inputs: ['left', 'right'] } },
    },
  }
  const inputsWith = (...names: string[]) =>
    applyEdits(
      document,
      configEdits(document, 's', { inputs: names }, () => [], inputs),
    ).document.nodes.s?.inputs

  it('keeps what it reads, and two may change their names with each other', () => {
    expect(inputsWith('left', 'other')).toEqual({ left: 'a', other: 'b' })
    expect(inputsWith('right', 'left')).toEqual({ right: 'a', left: 'b' })
    expect(inputsWith('left')).toEqual({ left: 'a', right: 'b' })
  })
})
