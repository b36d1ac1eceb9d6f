import type { z } from 'zod'
import { NODE_ID } from '../pipeline/document.ts'
import { type InputPort, inputPortSchema, type OutputPort, type outputPortSchema } from './descriptor.ts'

/** Whether an input port that a module declares goes by this name. */
export function takesInput(declared: z.input<typeof inputPortSchema>, port: string): boolean {
  if (!declared.many) return port === declared.name
  if (declared.freeNames) return true
  return port.startsWith(`${declared.name}_`) && /^[1-9]\d*$/.test(port.slice(declared.name.length + 1))
}

/** The input ports that a node has with this config: a port that is declared once per item of a list takes the items' names. */
export function inputPortsOf(declared: readonly z.input<typeof inputPortSchema>[], config: unknown): InputPort[] {
  return declared.flatMap(({ each, ...port }) => {
    const plain = inputPortSchema.parse(port)
    if (!each) return [plain]
    const names = itemsOf(config, each).filter((name) => name !== undefined)
    return [...new Set(names)].map((name) => ({ ...plain, name, title: { en: name, fr: name } }))
  })
}

/**
 * The output ports that a node has with this config, the default one first. A port that is declared once per item of a list takes
 * the item's name; an item without a usable name of its own gets `NAME_1`, `NAME_2`, so that every item has exactly one port, always.
 */
export function outputPortsOf(declared: readonly z.input<typeof outputPortSchema>[], config: unknown): OutputPort[] {
  const taken = new Set(declared.filter((port) => !port.each).map((port) => port.name))
  return declared.flatMap(({ each, ...port }) => {
    const plain = { ...port, reject: port.reject ?? false }
    if (!each) return [plain]
    return itemsOf(config, each).map((wanted, index) => {
      const usable = wanted !== undefined && !taken.has(wanted)
      const name = usable ? wanted : freeName(`${port.name}_${index + 1}`, taken)
      taken.add(name)
      return { ...plain, name, title: usable ? { en: name, fr: name } : numbered(port.title, index + 1) }
    })
  })
}

/**
 * Old name -> new name of the ports that a change of config gives another name: the list kept its length, so that each item is
 * still the same one.
 */
export function renamedPorts(
  before: readonly { readonly name: string }[],
  after: readonly { readonly name: string }[],
): ReadonlyMap<string, string> {
  if (before.length !== after.length) return new Map()
  const pairs = before.flatMap(({ name }, index): [string, string][] => {
    const now = after[index]?.name
    return now === undefined || now === name ? [] : [[name, now]]
  })
  return new Map(pairs)
}

/** The name of each item of a list, where it could be a port's. */
function itemsOf(config: unknown, { field, name }: { field: string; name: string }): (string | undefined)[] {
  const list = isRecord(config) ? config[field] : undefined
  return (Array.isArray(list) ? list : []).map((item: unknown) => {
    const wanted = isRecord(item) ? item[name] : undefined
    return typeof wanted === 'string' && NODE_ID.test(wanted) ? wanted : undefined
  })
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  while (taken.has(name)) name = `${name}_`
  return name
}

const numbered = (title: OutputPort['title'], number: number) => ({
  en: `${title.en} ${number}`,
  fr: `${title.fr} ${number}`,
})
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
