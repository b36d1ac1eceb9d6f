import type { Connection, FieldDef, Submittable } from 'pg'

export interface Description {
  /** Types of `$1`, `$2`, … by their numbers. */
  readonly parameters: readonly number[]
  readonly columns: readonly FieldDef[]
}

/** Asks the server what a statement gives; it is not run. */
export class Describe implements Submittable {
  readonly described: Promise<Description>
  readonly #text: string
  #parameters: readonly number[] = []
  #columns: readonly FieldDef[] = []
  #resolve: (description: Description) => void = () => undefined
  #reject: (error: Error) => void = () => undefined
  #leave: () => void = () => undefined

  constructor(text: string) {
    this.#text = text
    this.described = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  submit(connection: Connection): void {
    const note = ({ dataTypeIDs }: { dataTypeIDs: readonly number[] }) => {
      this.#parameters = dataTypeIDs
    }
    connection.on('parameterDescription', note)
    this.#leave = () => connection.off('parameterDescription', note)
    const more = undefined as never
    connection.parse({ text: this.#text, name: '', types: [] }, more)
    connection.describe({ type: 'S', name: '' }, more)
    connection.sync()
  }

  handleRowDescription({ fields }: { fields: readonly FieldDef[] }): void {
    this.#columns = fields
  }

  handleReadyForQuery(): void {
    this.#leave()
    this.#resolve({ parameters: this.#parameters, columns: this.#columns })
  }

  handleError(error: Error): void {
    this.#leave()
    this.#reject(error)
  }
}
