import { toErrorInfo, userError } from '../../shared/errors.ts'
import type { ConnectionsState, connectionContract, Environments } from '../../shared/rpc/app/connections.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import type { ConnectedProjects } from '../connections/connected-projects.ts'
import type { Connections } from '../connections/connections.ts'
import type { Sessions } from '../sessions.ts'

export function connectionHandlers(
  sessions: Sessions,
  projects: ConnectedProjects,
): Handlers<typeof connectionContract> {
  const root = () => sessions.current.project.root
  const current = (): Promise<Connections> => projects.of(root())
  const { secrets } = projects
  const list = async (): Promise<ConnectionsState> => listConnections(await current(), projects, root())
  return {
    'connection.kinds': async () => [...(await projects.connectors())],
    'connection.list': list,
    'connection.environments': async () => environmentsOf(await current(), projects, root()),
    async 'connection.save'({ name, was, connection, secrets: typed, environment }) {
      const connections = await current()
      const before = was === undefined || was === name ? undefined : await connections.named(was)
      await connections.file.change((all) => {
        if (was !== name && all[name])
          throw userError('connection.exists', `There is a connection “${name}” already.`, {
            hint: 'Choose another name.',
          })
        if (was !== undefined) delete all[was]
        all[name] = connection
      })
      // Under its new name it needs its secrets too, and the old name keeps none.
      if (before && was !== undefined) await connections.moveSecrets(was, before, name)
      for (const [secret, value] of Object.entries(typed)) await connections.setSecret(name, secret, value, environment)
      return list()
    },
    async 'connection.remove'({ name }) {
      const connections = await current()
      const given = await connections.named(name)
      await connections.file.change((all) => {
        delete all[name]
      })
      await connections.forgetSecrets(name, given)
      return list()
    },
    async 'connection.forgetSecret'({ name, secret }) {
      const connections = await current()
      await connections.removeSecret(name, secret, await connections.named(name))
      return list()
    },
    async 'connection.test'({ name, connection, secrets: typed, environment }, { signal }) {
      const connections = await current()
      const resolved = await connections.one(name, connection ?? (await connections.named(name)), typed, environment)
      return projects.engine.client.call('testConnection', { projectRoot: root(), connection: resolved }, { signal })
    },
    async 'connection.browse'({ name, path }, { signal }) {
      const connections = await current()
      const connection = await connections.one(name, await connections.named(name))
      return projects.engine.client.call('browseConnection', { projectRoot: root(), connection, path }, { signal })
    },
    async 'connection.setEnvironment'({ environment }) {
      await projects.choose(root(), environment)
      return list()
    },
    async 'vault.create'({ passphrase }) {
      await secrets.vault.create(passphrase)
      secrets.lookAgain()
      return list()
    },
    async 'vault.unlock'({ passphrase }) {
      await secrets.vault.unlock(passphrase)
      secrets.lookAgain()
      return list()
    },
    async 'vault.lock'() {
      secrets.vault.lock()
      return list()
    },
    'source.refresh': (input, { signal }) =>
      projects.engine.client.call('refreshSource', sessions.draft(input), { signal }),
  }
}

export async function listConnections(
  connections: Connections,
  projects: ConnectedProjects,
  root: string,
): Promise<ConnectionsState> {
  const { secrets } = projects
  const { connections: all, problems } = await connections.file.read()
  const store = await secrets.store().catch(() => secrets.vault)
  const locked = store?.kind === 'vault' && !secrets.vault.unlocked
  const reason = store ? undefined : await secrets.keychain.whyNot()
  return {
    ...(await environmentsOf(connections, projects, root)),
    connections: await Promise.all(
      Object.entries(all).map(async ([name, connection]) => {
        const states = await connections.states(name, connection).catch(notAnswered)
        if (!states || Object.keys(connection.environments ?? {}).length === 0)
          return { ...connection, name, ...(states ? { secrets: states } : {}) }
        const secretsIn = await Promise.all(
          [null, ...Object.keys(connection.environments ?? {})].map(async (one) => ({
            environment: one,
            secrets: (await connections.states(name, connection, one).catch(notAnswered)) ?? states,
          })),
        )
        return { ...connection, name, secrets: states, secretsIn }
      }),
    ),
    problems: [...problems],
    store: { kind: store?.kind ?? 'none', locked, ...(reason === undefined ? {} : { reason }) },
  }
}

async function environmentsOf(
  connections: Connections,
  projects: ConnectedProjects,
  root: string,
): Promise<Environments> {
  const { connections: all } = await connections.file.read()
  const environment = projects.environmentOf(root)
  const environments = new Set(Object.values(all).flatMap((one) => Object.keys(one.environments ?? {})))
  if (environment !== undefined) environments.add(environment)
  return { environments: [...environments].sort(), ...(environment === undefined ? {} : { environment }) }
}

/** A vault that is locked, a keychain that does not answer: `store` says so. */
function notAnswered(thrown: unknown): undefined {
  if (toErrorInfo(thrown).kind === 'bug') throw thrown
  return undefined
}
