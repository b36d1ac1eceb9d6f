import { raw, type Sql } from '../../kit/sql.ts'
import { tokenize } from '../../kit/tokens.ts'

/** `left.x` is how people write it, but LEFT and RIGHT are SQL's words: as table names they must stand in quotes. */
export function quoteSides(condition: Sql): Sql {
  const { text } = condition
  const tokens = tokenize(text)
  let result = ''
  let from = 0
  tokens.forEach((token, index) => {
    const isSide = token.kind === 'word' && /^(left|right)$/i.test(token.text)
    if (!isSide || tokens[index + 1]?.text !== '.' || tokens[index - 1]?.text === '.') return
    result += `${text.slice(from, token.start)}"${token.text.toLowerCase()}"`
    from = token.end
  })
  return raw(result + text.slice(from))
}
