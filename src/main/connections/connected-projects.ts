import { mkdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConnectorInfo } from '../../shared/connections/connection.ts'
import type { AppEngine } from '../engine/app-engine.ts'
import { connectEngine } from '../engine/connected-engine.ts'
import { writeAtomically } from '../files/write-atomically.ts'
import { Connections } from './connections.ts'
import { Keychain } from './keychain.ts'
import { Secrets } from './secrets.ts'
import { Vault } from './vault.ts'

export interface ConnectedProjectsOptions {
  readonly engine: AppEngine
  readonly dataDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** In which pipelines run, for all projects; absent: what was chosen for each. */
  readonly inEnvironment?: string | undefined
}

/** Below the project's folder; not in git. */
const CHOSEN_FILE = join('.logidata', 'environment')
const NAME = /^[a-z_][a-z0-9_]{0,62}$/

/** The connections of every project that is open, and an engine whose requests carry them. */
export class ConnectedProjects {
  readonly engine: AppEngine
  readonly secrets: Secrets
  readonly #options: ConnectedProjectsOptions
  readonly #projects = new Map<string, Promise<Connections>>()
  readonly #chosen = new Map<string, string | undefined>()
  #connectors: Promise<readonly ConnectorInfo[]> | undefined

  constructor(options: ConnectedProjectsOptions) {
    this.#options = options
    const { engine, dataDirectory, environment } = options
    this.secrets = new Secrets(new Keychain(), new Vault(dataDirectory), environment)
    this.engine = connectEngine(engine, async (root, documents) => (await this.of(root)).resolve(...documents))
  }

  connectors(): Promise<readonly ConnectorInfo[]> {
    this.#connectors ??= this.#options.engine.client.call('connectors', {})
    this.#connectors.catch(() => {
      this.#connectors = undefined
    })
    return this.#connectors
  }

  /** @param folder the project's */
  async of(folder: string): Promise<Connections> {
    const root = await realpath(folder).catch(() => folder)
    let known = this.#projects.get(root)
    if (!known) {
      known = this.#open(root)
      this.#projects.set(root, known)
    }
    return known
  }

  environmentOf(root: string): string | undefined {
    return this.#options.inEnvironment ?? this.#chosen.get(root)
  }

  /** In which environment the pipelines of a project run from now on; undefined: the settings as they are. @throws LogiDataError `file.*` */
  async choose(root: string, environment: string | undefined): Promise<void> {
    await mkdir(join(root, '.logidata'), { recursive: true })
    await writeAtomically(join(root, CHOSEN_FILE), environment === undefined ? '' : `${environment}\n`)
    this.#chosen.set(root, environment)
  }

  async #open(root: string): Promise<Connections> {
    const chosen = (await readFile(join(root, CHOSEN_FILE), 'utf8').catch(() => '')).trim()
    this.#chosen.set(root, NAME.test(chosen) ? chosen : undefined)
    return new Connections({
      projectRoot: root,
      secrets: this.secrets,
      connectors: () => this.connectors(),
      environment: () => this.environmentOf(root),
    })
  }
}
