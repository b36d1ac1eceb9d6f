import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type Settings, type SettingsPatch, settingsSchema } from '../../shared/rpc/app-contract.ts'
import { toOperationalError } from '../files/file-errors.ts'
import { Serial } from '../files/serial.ts'
import { writeAtomically } from '../files/write-atomically.ts'

/** The person's settings: one JSON file, checked whenever it is read. A broken one is set aside, not lost. */
export class SettingsStore {
  readonly #path: string
  readonly #serial = new Serial()

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, 'settings.json')
  }

  read(): Promise<Settings> {
    return this.#serial.run('settings', () => this.#load())
  }

  write(patch: SettingsPatch): Promise<Settings> {
    return this.#serial.run('settings', async () => {
      const before = await this.#load()
      const { theme = before.theme, language = before.language, layout } = patch
      const after: Settings = { theme, language, layout: { ...before.layout, ...layout } }
      const text = serialise(after)
      if (text !== serialise(before)) await writeAtomically(this.#path, text)
      return after
    })
  }

  async #load(): Promise<Settings> {
    let text: string
    try {
      text = await readFile(this.#path, 'utf8')
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return settingsSchema.parse({})
      throw toOperationalError(thrown, this.#path)
    }
    const parsed = settingsSchema.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    await rename(this.#path, `${this.#path}.broken-${Date.now()}`)
    return settingsSchema.parse({})
  }
}

const serialise = (settings: Settings) => `${JSON.stringify(settings, null, 2)}\n`

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
