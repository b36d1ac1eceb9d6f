import { userError } from '../../../shared/errors.ts'
import type { ParameterValue } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { BoundValue } from './statements.ts'

export interface BoundText {
  /** With `?` where parameters stood. */
  readonly text: string
  readonly values: readonly BoundValue[]
}

/** What is no place for a parameter: texts, names in backticks, comments. Then `$name`, and `?`, which is ours. */
const PIECES =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z0-9_\u0080-\uffff@][\w$@\u0080-\uffff]*|\$([A-Za-z_]\w*)|\?|[\s\S]/g

/** Puts `?` for each `$name` of a piece of SQL. @throws LogiDataError `parameter.unknown`, `source.query` */
export function bindParameters(
  text: string,
  parameters: ReadonlyMap<string, ParameterValue>,
  field: string[],
): BoundText {
  const values: BoundValue[] = []
  const bound = text.replace(PIECES, (piece, name: string | undefined) => {
    if (piece === '?')
      throw userError('source.query', 'A “?” stands for nothing here.', {
        field,
        hint: 'Name the parameter: $since.',
      })
    if (name === undefined) return piece
    const parameter = parameters.get(name)
    if (!parameter)
      throw userError('parameter.unknown', `There is no parameter “$${name}”.`, {
        field,
        hint: 'Add it to the pipeline.',
        ...didYouMean(name, [...parameters.keys()]),
      })
    values.push(parameter.value)
    return place(parameter)
  })
  return { text: bound, values }
}

/** A parameter comes as text; what it is, is said beside it, so that numbers are compared as numbers. */
function place({ type }: ParameterValue): string {
  switch (type) {
    case 'integer':
      return 'CAST(? AS SIGNED)'
    case 'decimal':
      return 'CAST(? AS DECIMAL(65,30))'
    case 'boolean':
      return "(? = 'true')"
    case 'date':
      return 'CAST(? AS DATE)'
    case 'timestamp':
      return 'CAST(? AS DATETIME(6))'
    default:
      return '?'
  }
}
