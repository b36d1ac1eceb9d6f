import { describe, expect, it } from 'vitest'
import type { ModuleInfo } from '../modules/descriptor.ts'
import { readPipeline } from './read-pipeline.ts'
import { moduleInfo } from './test-modules.ts'
import { validatePipeline } from './validate-pipeline.ts'

const modules: ModuleInfo[] = [
  moduleInfo('extract.csv', [], ['rows', 'rejected']),
  moduleInfo('transform.filter', [{ name: 'in' }], ['match', 'rest']),
  moduleInfo('transform.join', [{ name: 'left' }, { name: 'right', optional: true }], ['match']),
  moduleInfo('transform.union', [{ name: 'in', many: true }], ['out']),
  moduleInfo('transform.sql', [{ name: 'in', many: true, freeNames: true, optional: true }], ['out']),
  moduleInfo('load.csv', [{ name: 'in' }], []),
]
const validate = (nodes: string) => {
  const { document, positions, problems } = readPipeline(`format: logidata/v1\nname: x\nnodes:\n${nodes}`)
  expect(problems).toEqual([])
  if (!document) throw new Error('no document')
  return validatePipeline(document, modules, positions)
}
const brief = (nodes: string) =>
  validate(nodes).map(({ position, nodeId, code, message, hint }) => [
    `${position?.line}:${position?.column}`,
    nodeId,
    code,
    message,
    hint,
  ])
const source = '  a: { type: extract.csv }\n'

describe('a pipeline', () => {
  it('without faults has no problems', () => {
    const nodes = `${source}  f: { type: transform.filter, inputs: { in: a.rejected } }
  u: { type: transform.union, inputs: { in_1: a, in_2: f.rest, in_10: f } }
  j: { type: transform.join, inputs: { left: u } }
  s: { type: transform.sql, inputs: { orders: j, in_1: a } }
  t: { type: transform.sql }
  o: { type: load.csv, inputs: { in: s } }`
    expect(validate(nodes)).toEqual([])
  })

  it('names a module that does not exist', () => {
    expect(brief('  a: { type: extract.cvs }\n  b: { type: extract.mainframe, inputs: { in: a } }')).toEqual([
      ['4:14', 'a', 'module.unknown', 'Node "a": there is no module "extract.cvs".', 'Did you mean "extract.csv"?'],
      [
        '5:14',
        'b',
        'module.unknown',
        'Node "b": there is no module "extract.mainframe".',
        'The command "logidata modules" lists them all.',
      ],
    ])
  })

  it('names inputs that its modules do not have', () => {
    const nodes = `${source}  f: { type: transform.filter, inputs: { in: a, inn: a, other: a } }
  u: { type: transform.union, inputs: { in_1: a, in: a, in_0: a } }
  b: { type: extract.csv, inputs: { in: a } }`
    expect(brief(nodes)).toEqual([
      ['5:54', 'f', 'port.unknown-input', 'Node "f": transform.filter has no input "inn".', 'Did you mean "in"?'],
      ['5:64', 'f', 'port.unknown-input', 'Node "f": transform.filter has no input "other".', 'Its inputs are: in.'],
      [
        '6:54',
        'u',
        'port.unknown-input',
        'Node "u": transform.union has no input "in".',
        'Its inputs are: in_1, in_2, ….',
      ],
      ['6:63', 'u', 'port.unknown-input', 'Node "u": transform.union has no input "in_0".', 'Did you mean "in_1"?'],
      ['7:41', 'b', 'port.unknown-input', 'Node "b": extract.csv has no input "in".', 'It has no inputs.'],
    ])
  })

  it('needs its inputs connected', () => {
    expect(brief('  f: { type: transform.filter }\n  u:\n    type: transform.union')).toEqual([
      [
        '4:6',
        'f',
        'port.missing-input',
        'Input "in" of node "f" is not connected.',
        'Connect a node to it, or write "inputs: { in: NODE }".',
      ],
      [
        '5:3',
        'u',
        'port.missing-input',
        'Node "u" needs at least one input.',
        'Connect a node to it, or write "inputs: { in_1: NODE }".',
      ],
    ])
  })

  it('reads only from what exists', () => {
    const nodes = `${source}  l: { type: load.csv, inputs: { in: aa } }
  m: { type: load.csv, inputs: { in: l } }
  n: { type: load.csv, inputs: { in: a.reject } }
  o: { type: load.csv, inputs: { in: a.something } }
  p: { type: load.csv, inputs: { in: nothing } }`
    expect(brief(nodes)).toEqual([
      [
        '5:38',
        'l',
        'reference.unknown-node',
        'Input "in" of node "l" reads from "aa", which does not exist.',
        'Did you mean "a"?',
      ],
      [
        '6:38',
        'm',
        'reference.no-output',
        'Input "in" of node "m" reads from "l", which has no output.',
        'A load is the end of its branch: read from the node before it.',
      ],
      [
        '7:38',
        'n',
        'reference.unknown-port',
        'Input "in" of node "n": "a" has no output "reject".',
        'Did you mean "rejected"?',
      ],
      [
        '8:38',
        'o',
        'reference.unknown-port',
        'Input "in" of node "o": "a" has no output "something".',
        'Its outputs are: rows, rejected.',
      ],
      [
        '9:38',
        'p',
        'reference.unknown-node',
        'Input "in" of node "p" reads from "nothing", which does not exist.',
        undefined,
      ],
    ])
  })

  it('does not go in circles', () => {
    const nodes = `${source}  f: { type: transform.filter, inputs: { in: h } }
  g: { type: transform.filter, inputs: { in: f } }
  h: { type: transform.union, inputs: { in_1: g, in_2: a } }
  self: { type: transform.filter, inputs: { in: self } }`
    expect(brief(nodes)).toEqual([
      ['5:40', 'f', 'pipeline.cycle', 'The data goes in a circle: f → g → h → f.', 'Disconnect one of these inputs.'],
      ['8:43', 'self', 'pipeline.cycle', 'The data goes in a circle: self → self.', 'Disconnect one of these inputs.'],
    ])
  })

  it('has defaults of its parameters that fit their types', () => {
    const text =
      'format: logidata/v1\nname: x\nparameters:\n  d: { type: date, default: 2021-02-30 }\n  e: { type: date, default: 2021-02-28 }\nnodes:'
    const { document, positions } = readPipeline(text)
    expect(document && validatePipeline(document, modules, positions)).toMatchObject([
      { code: 'parameter.invalid', position: { line: 4, column: 29 }, severity: 'error' },
    ])
    expect(document && validatePipeline(document, modules)[0]).not.toHaveProperty('position')
  })
})
