import type { ModuleInfo } from '../shared/modules/descriptor.ts'
import type { AppEngine } from './engine/app-engine.ts'

/** The catalogue as the engine tells it: asked once, since it stays what it is while the application runs. */
export class ModuleList {
  readonly #engine: AppEngine
  #asked: Promise<ModuleInfo[]> | undefined

  constructor(engine: AppEngine) {
    this.#engine = engine
  }

  /** Not ended by who asked: others wait for the same answer. @throws LogiDataError when the engine cannot tell */
  get(): Promise<ModuleInfo[]> {
    if (!this.#asked) {
      const asking = this.#engine.client.call('modules', {})
      this.#asked = asking
      asking.catch(() => {
        if (this.#asked === asking) this.#asked = undefined
      })
    }
    return this.#asked
  }
}
