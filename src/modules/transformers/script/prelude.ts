import type { SandboxOptions } from './sandbox-protocol.ts'

/**
 * What runs inside the sandbox before the script: cells to values, values to texts. It keeps what it needs of the built-ins, so that
 * a script that changes them hurts only itself.
 */
export function prelude(options: SandboxOptions): { text: string; name: string } {
  const { mode, names, kinds, outputs, now } = options
  return {
    name: 'prelude',
    text: `${now === undefined ? '' : frozenDate(now)}(function (names, kinds, outputs, mode) {
  const { parse, stringify } = JSON
  const isArray = Array.isArray
  const special = { nan: NaN, inf: Infinity, infinity: Infinity, '-inf': -Infinity, '-infinity': -Infinity }
  const numberOf = (text) => { const low = text.toLowerCase(); return low in special ? special[low] : Number(text) }
  const valueOf = (text, kind) =>
    text === null ? null : kind === 'number' ? numberOf(text) : kind === 'boolean' ? text === 'true' : kind === 'json' ? parse(text) : text
  const rowOf = (cells) => {
    const row = {}
    for (let i = 0; i < names.length; i++) row[names[i]] = valueOf(cells[i], kinds[i])
    return row
  }
  const textOf = (value) => {
    if (value === null || value === undefined) return null
    if (typeof value === 'string') return value
    if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
    if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
    if (value instanceof Date) return value.toISOString()
    if (typeof value === 'object') return stringify(value)
    throw new TypeError('a ' + typeof value + ' is no value of a column')
  }
  const cellsOf = (made) => {
    if (typeof made !== 'object' || made === null || isArray(made)) throw new TypeError('it returned ' + (isArray(made) ? 'a list in a list' : typeof made) + ', not an object')
    return outputs.map((name) => textOf(made[name]))
  }
  const rowsOf = (made) => (made === null || made === undefined ? [] : isArray(made) ? made.map(cellsOf) : [cellsOf(made)])
  const told = (error) => {
    if (!(error instanceof Error)) return String(error)
    const line = /script:(\\d+)/.exec(error.stack || '')
    return error.name + ': ' + error.message + (line ? ' (line ' + (line[1] - 1) + ')' : '')
  }
  globalThis.__run = (text, start) => {
    const script = globalThis.__script
    const given = parse(text)
    if (mode === 'batch') return stringify([{ rows: rowsOf(script(given.map(rowOf))) }])
    return stringify(given.map((cells, i) => {
      try {
        return { rows: rowsOf(script(rowOf(cells), start + i)) }
      } catch (error) {
        return { error: told(error) }
      }
    }))
  }
})(${[names, kinds, outputs, mode].map((each) => JSON.stringify(each)).join(', ')})`,
  }
}

/** A Date that is always the same one unless it is made from something. On one line: the script's lines keep their numbers. */
function frozenDate(now: string): string {
  const at = Date.parse(now)
  return `globalThis.Date = (function (Real) { function Date(...from) { if (!new.target) return new Real(${at}).toString(); return Reflect.construct(Real, from.length === 0 ? [${at}] : from, new.target) } Object.setPrototypeOf(Date, Real); Date.prototype = Real.prototype; Real.prototype.constructor = Date; Date.now = () => ${at}; return Date })(Date);`
}
