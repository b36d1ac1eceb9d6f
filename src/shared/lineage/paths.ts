/** A path as data sets are compared by: relative, `/`, no `./`, no `//`, no `/` at the end. */
export const datasetPath = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .replace(/^(\.\/)+/, '')
    .replace(/(?<=.)\/$/, '')

export const isPattern = (path: string): boolean => /[*?[\]{}]/.test(path)

/** The folder that a pattern, or a folder written with `/` at its end, takes all of its files from, at whatever depth. */
export function folderOf(path: string): string | undefined {
  const tail = /^(.*?)\/(?:\*\*(?:\/\*[^/]*)?|\*[^/]*|)$/.exec(path.replace(/^(\.\/)+/, ''))
  if (!tail && !/\/\*\*\//.test(path) && !/\/[^/*]*=\*/.test(path)) return undefined
  const folder = tail?.[1] ?? path.slice(0, path.search(/\/(?:\*\*\/|[^/*]*=\*)/))
  // Folders of partitions, as `country=*`, are part of what a load writes.
  const plain = folder.replace(/(\/[^/]*=?\*{1,2})+$/, '')
  return plain === '' || isPattern(plain) ? undefined : datasetPath(plain)
}

/** Whether a file's path fits a pattern with `*`, `**`, `?`, `[…]` and `{a,b}`. */
export function matches(pattern: string, path: string): boolean {
  const known = compiled.get(pattern)
  const expression = known ?? toExpression(datasetPath(pattern))
  if (!known) {
    if (compiled.size > 2_000) compiled.clear()
    compiled.set(pattern, expression)
  }
  return expression.test(datasetPath(path))
}

const compiled = new Map<string, RegExp>()

function toExpression(pattern: string): RegExp {
  let text = ''
  let depth = 0
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern.charAt(at)
    if (pattern.startsWith('**/', at)) {
      text += '(?:[^/]+/)*'
      at += 2
    } else if (pattern.startsWith('**', at)) {
      text += '.*'
      at += 1
    } else if (letter === '*') text += '[^/]*'
    else if (letter === '?') text += '[^/]'
    else if (letter === '[') {
      const end = pattern.indexOf(']', at + 2)
      if (end < 0) text += '\\['
      else {
        text += `[${pattern
          .slice(at + 1, end)
          .replace(/^!/, '^')
          .replaceAll('\\', '\\\\')}]`
        at = end
      }
    } else if (letter === '{') {
      depth++
      text += '(?:'
    } else if (letter === '}' && depth > 0) {
      depth--
      text += ')'
    } else if (letter === ',' && depth > 0) text += '|'
    else text += letter.replace(/[.+^$()|\\{}\]]/, '\\$&')
  }
  try {
    return new RegExp(`^${text}$`)
  } catch {
    return /^(?!)/
  }
}
