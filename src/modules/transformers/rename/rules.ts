import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import type { FieldPath } from '../../kit/fields.ts'
import type { RenameRule } from './descriptor.ts'

/** What a rule makes of a name. @throws LogiDataError `config.missing`, `pattern.invalid` */
export function renamer(rule: RenameRule, field: FieldPath): (name: string) => string {
  const needed = (key: 'text' | 'find'): string => {
    const value = rule[key]
    if (value === undefined)
      throw userError('config.missing', key === 'text' ? 'Give the text.' : 'Say what to find.', {
        field: [...field, key],
      })
    return value
  }
  switch (rule.operation) {
    case 'prefix': {
      const text = needed('text')
      return (name) => text + name
    }
    case 'suffix': {
      const text = needed('text')
      return (name) => name + text
    }
    case 'remove_prefix': {
      const text = needed('text')
      return (name) => (name.startsWith(text) ? name.slice(text.length) : name)
    }
    case 'remove_suffix': {
      const text = needed('text')
      return (name) => (name.endsWith(text) ? name.slice(0, -text.length) : name)
    }
    case 'replace': {
      const find = needed('find')
      if (!rule.regex) return (name) => name.replaceAll(find, () => rule.replace)
      const pattern = compiled(find, [...field, 'find'])
      return (name) => name.replace(pattern, rule.replace)
    }
    case 'case':
      return (name) => inCase(name, rule.case)
    case 'clean':
      return cleaned
    default:
      return assertNever(rule.operation)
  }
}

function compiled(find: string, field: FieldPath): RegExp {
  try {
    return new RegExp(find, 'gu')
  } catch (thrown) {
    throw userError('pattern.invalid', `“${find}” is not a regular expression.`, {
      field: [...field],
      hint: 'Letters and digits stand for themselves; write a dot as \\. and a bracket as \\(.',
      cause: thrown,
    })
  }
}

/** Words end at what is no letter or digit, between aB, and before the last capital of ABc. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean)

const capital = (word: string): string => {
  const [first = ''] = word
  return first.toUpperCase() + word.slice(first.length).toLowerCase()
}

function inCase(name: string, kind: RenameRule['case']): string {
  // What keeps a digit from the start of a name stays there.
  if (/^_\d/.test(name)) return `_${inCase(name.slice(1), kind)}`
  const words = wordsOf(name)
  switch (kind) {
    case 'snake':
      return words.map((word) => word.toLowerCase()).join('_')
    case 'kebab':
      return words.map((word) => word.toLowerCase()).join('-')
    case 'pascal':
      return words.map(capital).join('')
    case 'camel':
      return words.map((word, index) => (index === 0 ? word.toLowerCase() : capital(word))).join('')
    case 'title':
      return words.map(capital).join(' ')
    case 'sentence':
      return words.map((word, index) => (index === 0 ? capital(word) : word.toLowerCase())).join(' ')
    case 'upper':
      return name.toUpperCase()
    case 'lower':
      return name.toLowerCase()
    default:
      return assertNever(kind)
  }
}

function cleaned(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('œ', 'oe')
    .replaceAll('Œ', 'OE')
    .replaceAll('æ', 'ae')
    .replaceAll('Æ', 'AE')
    .replaceAll('ø', 'o')
    .replaceAll('Ø', 'O')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  return /^\d/.test(plain) ? `_${plain}` : plain
}
