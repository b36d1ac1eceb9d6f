import { cancelledError, LogiDataError, operationalError, userError } from '../../shared/errors.ts'
import { BOOLEAN_PROBE } from './condition.ts'
import { didYouMean } from './did-you-mean.ts'
import { failureIn } from './failure.ts'

/**
 * What DuckDB threw, in words for people: the kind of error, what is missing and what was probably meant, without the SQL that we
 * generated. What `failure` put into a query comes back as it was.
 */
export function fromDuckDbError(thrown: unknown): LogiDataError {
  if (thrown instanceof LogiDataError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const details = { cause: thrown }
  const own = failureIn(message)
  if (own) return own
  const [, category = '', body = message] = /^([A-Za-z ]+?) ?Error: ([\s\S]*)$/.exec(message) ?? []
  const said = withoutQuery(body)

  const column = /^(?:Referenced|Values list ".*" does not have a) column (?:named )?"(.*?)"(?: not found)?/.exec(body)
  if (column?.[1] !== undefined) {
    const candidates = [...(/Candidate bindings: (.*)/.exec(body)?.[1] ?? '').matchAll(/"([^"]*)"/g)].map(
      (match) => match[1] ?? '',
    )
    const hint =
      didYouMean(column[1], candidates).hint ??
      (candidates.length > 0 ? `Near it are ${candidates.map((name) => `“${name}”`).join(', ')}.` : undefined)
    return userError('column.not-found', `There is no column “${column[1]}”.`, {
      ...details,
      ...(hint ? { hint } : {}),
    })
  }
  const missing =
    /^(?:Scalar |Aggregate |Table )*(?:Function|Macro) with name "?([^\s"]+)"? does not exist!(?:\s*Did you mean "(.*?)")?/.exec(
      body,
    )
  if (missing?.[1] !== undefined) {
    const hint = missing[2] ? { hint: `Did you mean “${missing[2]}”?` } : {}
    return userError('function.not-found', `There is no function “${missing[1]}”.`, { ...details, ...hint })
  }
  const table = /^Table with name "?([^\s"]+)"? does not exist!/.exec(body)
  if (table?.[1] !== undefined) {
    const hint = 'A query sees its inputs as tables named by their ports.'
    return userError('table.not-found', `There is no table “${table[1]}”.`, { ...details, hint })
  }
  const probe = new RegExp(`'${BOOLEAN_PROBE}\\(STRING_LITERAL, (.+), STRING_LITERAL\\)'`).exec(body)
  if (probe?.[1] !== undefined)
    return userError(
      'expression.not-boolean',
      `The condition must be true or false, but its type is ${withoutLiterals(probe[1])}.`,
      {
        ...details,
        hint: 'Compare it with something, such as = 1.',
      },
    )
  const types = /the given name and argument types '(.*?)'|for the function call "(.*?)"/.exec(body)
  const call = types?.[1] ?? types?.[2]
  if (call !== undefined)
    return userError('expression.types', withoutOverload(withoutLiterals(call)), {
      ...details,
      hint: 'Cast one side, for example CAST(amount AS DECIMAL(18,2)).',
    })

  switch (category) {
    case 'INTERRUPT':
      return cancelledError()
    case 'Parser':
      return userError('expression.syntax', sentence(said), details)
    case 'Binder':
    case 'Catalog':
      return userError('query.invalid', sentence(said), details)
    case 'Conversion':
    case 'Out of Range':
    case 'Invalid Input':
    case 'Mismatch Type':
      return userError('data.invalid', sentence(said), details)
    case 'Out of Memory':
      return operationalError('engine.out-of-memory', 'The memory limit is reached.', {
        ...details,
        hint: 'Raise the memory limit in the settings, or filter earlier.',
      })
    case 'IO':
      return /No space left|disk full/i.test(body)
        ? operationalError('disk.full', 'The disk is full.', { ...details, hint: 'Free some space and run again.' })
        : operationalError('file.unreadable', sentence(said), details)
    case 'Permission': {
      const refused = /^Cannot access (?:file|directory) "(.*?)" - file system operations are disabled/.exec(body)?.[1]
      if (refused !== undefined)
        return userError('file.outside-project', `This reads ${refused}, which is outside the project’s folder.`, {
          ...details,
          hint: 'Copy the file into the project, and read it with an extract.',
        })
      return userError('file.outside-project', sentence(said), details)
    }
    case 'INTERNAL':
    case 'FATAL':
      return new LogiDataError('bug', 'engine.internal', sentence(said.split('\n')[0] ?? said), details)
    default:
      return userError('query.failed', sentence(said), details)
  }
}

/** DuckDB appends the statement, with a caret under the place: our SQL, of no use to the person. */
const withoutQuery = (body: string): string => body.replace(/\s*\n+LINE \d+: [\s\S]*$/, '').trim()
/** DuckDB has types of its own for what is written out: `1` is an INTEGER_LITERAL until it knows better. */
const withoutLiterals = (types: string): string =>
  types.replaceAll('STRING_LITERAL', 'VARCHAR').replaceAll('INTEGER_LITERAL', 'INTEGER')
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** `+(BIGINT, VARCHAR)` is nothing that anybody writes: an operator stands between its sides. */
function withoutOverload(call: string): string {
  const sides = /^([^\w\s(]+)\((.+), (.+)\)$/.exec(call)
  return sides
    ? `${sides[2]} ${sides[1]} ${sides[3]} does not exist for these types.`
    : `${call} does not exist for these types.`
}
