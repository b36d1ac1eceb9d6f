import { posix } from 'node:path'
import { attributeOf } from '../../kit/files/xml-scanner.ts'
import { elementsOf } from './xml-edit.ts'

export interface Relation {
  readonly id: string
  readonly type: string
  /** From the archive's root. */
  readonly target: string
}

/** Where the relations of a part stand; `''` is the package itself. */
export const relationsPart = (part: string): string =>
  part === '' ? '_rels/.rels' : posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`)

/** What a part refers to inside the package. @param xml of its relations */
export function relationsIn(xml: string, part: string): Relation[] {
  const folder = part === '' ? '' : posix.dirname(part)
  return elementsOf(xml, 'Relationship').flatMap(({ attributes }) => {
    if (attributeOf(attributes, 'TargetMode') === 'External') return []
    const target = attributeOf(attributes, 'Target') ?? ''
    return {
      id: attributeOf(attributes, 'Id') ?? '',
      type: attributeOf(attributes, 'Type') ?? '',
      target: target.startsWith('/') ? target.slice(1) : posix.join(folder, target),
    }
  })
}

/** All parts that the package leads to. */
export async function reachable(relationsOf: (part: string) => Promise<readonly Relation[]>): Promise<Set<string>> {
  const found = new Set<string>()
  const visit = async (part: string): Promise<void> => {
    for (const { target } of await relationsOf(part)) {
      if (found.has(target)) continue
      found.add(target)
      await visit(target)
    }
  }
  await visit('')
  return found
}
