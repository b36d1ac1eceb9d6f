import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import type { Problem } from '../../engine/types.ts'
import type { JsonValue } from '../document.ts'
import { keyText, MAX_DEPTH, type Path, problem, tooDeep, type YamlSource } from './source.ts'

/** What a file says, as data; `refused` are the paths of what was left out, each with its problem. */
export interface PlainData {
  readonly value: JsonValue | undefined
  readonly problems: { readonly path: Path; readonly problem: Problem }[]
}

/** How a scalar is read: `text` as it is written, `text or null` so too unless it is empty or null, `any` as YAML says. */
export type TextKind = 'text' | 'text or null' | 'any'

/**
 * Converts a parsed file to plain data. What cannot be kept exactly or safely (aliases, anchors, tags, merge keys, keys given
 * twice, `__proto__`, numbers that JavaScript would round) is a problem, and left out.
 * @param textKind tells the paths whose scalars are text as written: `default: 1.10` is "1.10" and not 1.1.
 */
export function toPlainData(source: YamlSource, textKind: (path: Path) => TextKind): PlainData {
  const problems: { path: Path; problem: Problem }[] = []
  const refuse = (path: Path, node: Node, code: string, message: string, hint?: string): undefined => {
    const position = node.range ? source.positionOf(node.range[0]) : undefined
    problems.push({ path, problem: problem(code, message, position, hint) })
    return undefined
  }

  const convert = (node: Node | null | undefined, path: Path): JsonValue | undefined => {
    if (!node) return textKind(path) === 'text' ? undefined : null
    if (path.length > MAX_DEPTH) {
      problems.push({ path, problem: tooDeep(node.range ? source.positionOf(node.range[0]) : undefined) })
      return undefined
    }
    if (isAlias(node)) {
      return refuse(
        path,
        node,
        'pipeline.alias',
        `Aliases such as *${node.source} are not read.`,
        'Write the value out.',
      )
    }
    if ('anchor' in node && node.anchor) {
      return refuse(
        path,
        node,
        'pipeline.alias',
        `Anchors such as &${node.anchor} are not read.`,
        'Leave the anchor out.',
      )
    }
    if (node.tag) {
      return refuse(path, node, 'pipeline.tag', `Tags such as ${node.tag} are not read.`, 'Leave the tag out.')
    }
    if (isScalar(node)) return scalar(node, path)
    if (isSeq(node)) {
      const items = node.items.map((item, index) => convert(item as Node | null, [...path, index]))
      return items.filter((item) => item !== undefined)
    }
    if (isMap(node)) {
      const entries: [string, JsonValue][] = []
      const seen = new Set<string>()
      for (const { key, value } of node.items) {
        const at = (isScalar(key) || isMap(key) || isSeq(key) ? key : node) as Node
        const name = mapKey(key, at, path)
        if (name === undefined) continue
        if (seen.has(name)) {
          refuse([...path, name], at, 'pipeline.duplicate-key', `"${name}" is given twice.`, 'Keep one of the two.')
          continue
        }
        seen.add(name)
        const plain = convert(value as Node | null, [...path, name])
        if (plain !== undefined) entries.push([name, plain])
      }
      return Object.fromEntries(entries)
    }
    return undefined
  }

  const mapKey = (key: unknown, at: Node, path: Path): string | undefined => {
    if (isAlias(key)) {
      return refuse(path, key, 'pipeline.alias', `Aliases such as *${key.source} are not read.`, 'Write the key out.')
    }
    const name = keyText(key)
    if (name === undefined || (name === '' && isScalar(key) && key.type === 'PLAIN')) {
      return refuse(path, at, 'pipeline.key', 'A key must be text, and is missing here.', 'Write "key: value".')
    }
    if (isScalar(key) && (key.anchor || key.tag)) {
      return refuse(
        path,
        at,
        'pipeline.tag',
        `The key "${name}" has an anchor or a tag; those are not read.`,
        'Leave it out.',
      )
    }
    if (name === '__proto__') {
      return refuse([...path, name], at, 'pipeline.key', 'The key "__proto__" is not allowed.', 'Use another name.')
    }
    if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
      const hint = 'Write the values out. A key that is really called << goes in quotes.'
      return refuse([...path, name], at, 'pipeline.merge-key', 'Merge keys (<<) are not read.', hint)
    }
    return name
  }

  const scalar = (node: Scalar, path: Path): JsonValue | undefined => {
    const source = node.source ?? ''
    if (typeof node.value === 'string') return node.value
    const kind = textKind(path)
    if (kind !== 'any') {
      if (node.value !== null) return source
      if (kind === 'text or null') return null
      const hint = 'Write "" for empty text, "null" in quotes for that word, or leave the key out.'
      return refuse(path, node, 'pipeline.empty-value', `"${String(path.at(-1))}" has no value.`, hint)
    }
    if (typeof node.value === 'number') {
      if (isExact(source, node.value)) return node.value
      const hint = `Put it in quotes to keep it as text: "${source}".`
      return refuse(path, node, 'pipeline.inexact-number', `The number ${source} cannot be kept exactly.`, hint)
    }
    return typeof node.value === 'boolean' ? node.value : null
  }

  return { value: source.root ? convert(source.root, []) : undefined, problems }
}

/** Whether a number survives being read as a double and written again. */
function isExact(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false
  if (/^0[xo]/.test(source)) return Number.isSafeInteger(value)
  return digits(source) === digits(String(value))
}

/** A decimal number's significant digits and scale: `1.50` and `15e-1` are the same. */
function digits(text: string): string | undefined {
  const match = /^[-+]?(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text)
  if (!match) return undefined
  const [, whole = '', fraction = '', exponent = '0'] = match
  const significant = (whole + fraction).replace(/^0+/, '')
  const trimmed = significant.replace(/0+$/, '')
  if (trimmed === '') return '0'
  return `${trimmed}e${Number(exponent) - fraction.length + (significant.length - trimmed.length)}`
}
