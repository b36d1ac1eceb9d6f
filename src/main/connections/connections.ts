import type { Connection, ConnectorInfo, ResolvedConnection } from '../../shared/connections/connection.ts'
import { type ErrorInfo, toErrorInfo, userError } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { SUB_PIPELINE } from '../../shared/pipeline/sub-pipeline.ts'
import { ConnectionsFile } from './connections-file.ts'
import type { SecretState, Secrets } from './secrets.ts'

export interface ConnectionsOptions {
  readonly projectRoot: string
  readonly secrets: Secrets
  /** What connectors there are; asked once. */
  readonly connectors: () => Promise<readonly ConnectorInfo[]>
  /** The environment in which pipelines run: `production`; absent: the settings as they are. */
  readonly environment: () => string | undefined
}

/** The connections of a project. */
export class Connections {
  readonly file: ConnectionsFile
  readonly #options: ConnectionsOptions

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.file = new ConnectionsFile(options.projectRoot)
  }

  /** What a document may need, with the secrets, as it is now. Never throws: what is wrong is in the connection. */
  async resolve(...documents: readonly PipelineDocument[]): Promise<Record<string, ResolvedConnection>> {
    const named = new Set(documents.flatMap(namesIn))
    // What a pipeline inside names is in another file.
    const all = documents.some((document) => Object.values(document.nodes).some(({ type }) => type === SUB_PIPELINE))
    if (named.size === 0 && !all) return {}
    const { connections, problems } = await this.file.read().catch((thrown: unknown) => ({
      connections: {},
      problems: [toErrorInfo(thrown)],
    }))
    const wanted = Object.entries(connections).filter(([name]) => all || named.has(name))
    const found = await Promise.all(wanted.map(async ([name, given]) => [name, await this.one(name, given)] as const))
    const resolved: Record<string, ResolvedConnection> = Object.fromEntries(found)
    const [problem] = problems
    // Which one a fault belongs to is not known where the file could not be read.
    if (problem)
      for (const name of named)
        resolved[name] ??= { name, type: '', settings: {}, secrets: {}, problem: infoOf(problem) }
    return resolved
  }

  /**
   * @param given the connection as the file has it, or as somebody is about to save it
   * @param inEnvironment another one than the chosen; null: none
   */
  async one(
    name: string,
    given: Connection,
    typed: Readonly<Record<string, string>> = {},
    inEnvironment?: string | null,
  ): Promise<ResolvedConnection> {
    const environment = this.#environment(inEnvironment)
    const { type, settings } = settingsIn(given, environment)
    const secrets: Record<string, string> = {}
    try {
      const connector = await this.connector(type)
      for (const field of connector?.secrets ?? []) {
        const own = typed[field.name]
        if (own !== undefined) secrets[field.name] = own
        else {
          const read = await this.#read(name, field.name, given, environment)
          if (read.state === 'stale') throw stale(name, field.title.en)
          if (read.secret !== undefined) secrets[field.name] = read.secret
        }
      }
      return { name, type, settings, secrets }
    } catch (thrown) {
      return { name, type, settings, secrets: {}, problem: toErrorInfo(thrown) }
    }
  }

  /** @throws LogiDataError `connection.unknown` */
  async named(name: string): Promise<Connection> {
    const found = (await this.file.read()).connections[name]
    if (!found)
      throw userError('connection.unknown', `There is no connection “${name}”.`, {
        hint: 'See the list of connections.',
      })
    return found
  }

  async connector(type: string): Promise<ConnectorInfo | undefined> {
    return (await this.#options.connectors()).find((one) => one.type === type)
  }

  /** Of each secret that the connector knows. @throws LogiDataError `keychain.failed`, `vault.locked` */
  async states(
    name: string,
    given: Connection,
    inEnvironment?: string | null,
  ): Promise<{ readonly name: string; readonly state: SecretState }[]> {
    const environment = this.#environment(inEnvironment)
    const connector = await this.connector(given.type)
    return Promise.all(
      (connector?.secrets ?? []).map(async (field) => ({
        name: field.name,
        state: (await this.#read(name, field.name, given, environment)).state,
      })),
    )
  }

  /** @throws LogiDataError `secret.nowhere`, `keychain.failed`, `vault.locked` */
  async setSecret(name: string, secret: string, value: string, inEnvironment?: string | null): Promise<void> {
    const given = await this.named(name)
    const { secrets, projectRoot } = this.#options
    const environment = ownEnvironment(given, this.#environment(inEnvironment))
    const at = { projectRoot, connection: name, environment, name: secret }
    const kept = await secrets.write(at, value, settingsIn(given, environment), await this.connector(given.type))
    if (!kept)
      throw userError('secret.nowhere', 'This computer has no keychain that answers.', {
        hint: 'Create an encrypted vault file for secrets, or start the keychain.',
      })
  }

  /** All that were stored of a connection that is no more. @throws LogiDataError */
  async forgetSecrets(name: string, given: Connection): Promise<void> {
    for (const field of (await this.connector(given.type))?.secrets ?? [])
      await this.removeSecret(name, field.name, given)
  }

  /** To a connection's new name. Each stays bound to where it was sent: where the new name leads elsewhere, it is stale. @throws LogiDataError */
  async moveSecrets(name: string, given: Connection, to: string): Promise<void> {
    const { secrets, projectRoot } = this.#options
    const own = Object.keys((await this.named(to)).environments ?? {})
    for (const field of (await this.connector(given.type))?.secrets ?? [])
      for (const environment of [undefined, ...own.filter((one) => given.environments?.[one])]) {
        const at = { projectRoot, environment, name: field.name }
        await secrets.move({ ...at, connection: name }, { ...at, connection: to })
      }
    await this.forgetSecrets(name, given)
  }

  /** @throws LogiDataError */
  async removeSecret(name: string, secret: string, given: Connection): Promise<void> {
    const { secrets, projectRoot } = this.#options
    const environments = [undefined, ...Object.keys(given.environments ?? {})]
    for (const environment of environments)
      await secrets.remove({ projectRoot, connection: name, environment, name: secret })
  }

  /** @param asked null: none; undefined: the chosen one */
  #environment(asked: string | null | undefined): string | undefined {
    return asked === undefined ? this.#options.environment() : (asked ?? undefined)
  }

  async #read(name: string, secret: string, given: Connection, inEnvironment: string | undefined) {
    const { secrets, projectRoot } = this.#options
    const environment = ownEnvironment(given, inEnvironment)
    const at = { projectRoot, connection: name, environment, name: secret }
    return secrets.read(at, settingsIn(given, environment), await this.connector(given.type))
  }
}

/** An environment that changes nothing of a connection needs no secrets of its own. */
const ownEnvironment = ({ environments }: Connection, environment: string | undefined): string | undefined =>
  environment !== undefined && environments?.[environment] ? environment : undefined

const settingsIn = ({ type, settings, environments }: Connection, environment: string | undefined) => ({
  type,
  settings: { ...settings, ...(environment === undefined ? {} : environments?.[environment]) },
})

/** Whatever the steps: a config names its connection as `connection`. */
function namesIn(document: PipelineDocument): string[] {
  return Object.values(document.nodes).flatMap(({ config }) =>
    typeof config?.connection === 'string' ? [config.connection] : [],
  )
}

const stale = (name: string, title: string) =>
  userError('secret.stale', `The connection “${name}” leads elsewhere than when its secret (${title}) was stored.`, {
    hint: 'Look at its settings. If they are right, enter the secret again.',
    field: ['connection'],
  })

function infoOf({ code, kind, message, hint }: ErrorInfo): ErrorInfo {
  return { code, kind, message, ...(hint === undefined ? {} : { hint }) }
}
