import { stripVTControlCharacters, styleText } from 'node:util'

/** Dresses text, or leaves it as it is where colours would only be noise. */
export interface Style {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

interface Output {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

export interface Terminal {
  /** Results: for people to read, or for the next program. */
  readonly out: Output
  readonly style: Style
  /** Cells of a line of `out`; absent where it is no terminal. */
  readonly width: number | undefined
  /** What happens meanwhile, and what went wrong: to stderr, so that results stay clean. */
  say(line: string): void
  /** Style of what `say` gets. */
  readonly sayStyle: Style
  /** Replaces the previous such line; shown on a terminal only. An empty text removes it. */
  progress(text: string): void
}

type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

/** Colours only on a terminal, and not where NO_COLOR asks for none (https://no-color.org). */
export function createTerminal(
  out: Output = process.stdout,
  err: Output = process.stderr,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Terminal {
  const plain = Boolean(environment.NO_COLOR) || environment.TERM === 'dumb'
  let hasProgress = false
  const clear = () => {
    if (hasProgress) err.write('\r\u001b[2K')
    hasProgress = false
  }
  return {
    out,
    style: styleOf(out.isTTY === true && !plain),
    width: out.isTTY ? (out.columns ?? 80) : undefined,
    sayStyle: styleOf(err.isTTY === true && !plain),
    say(line) {
      clear()
      err.write(`${line}\n`)
    },
    progress(text) {
      if (!err.isTTY || environment.TERM === 'dumb') return
      clear()
      if (text === '') return
      err.write(stripVTControlCharacters(text).slice(0, (err.columns ?? 80) - 1))
      hasProgress = true
    },
  }
}

function styleOf(coloured: boolean): Style {
  const dress = (colour: Colour) => (text: string) => {
    return coloured && text !== '' ? styleText(colour, text, { validateStream: false }) : text
  }
  return { bold: dress('bold'), dim: dress('dim'), red: dress('red'), green: dress('green'), yellow: dress('yellow') }
}
