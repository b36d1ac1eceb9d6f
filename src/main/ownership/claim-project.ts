import { LogiDataError } from '../../shared/errors.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import type { HandOverContract } from '../../shared/rpc/hand-over-contract.ts'
import { projectName } from '../projects/project.ts'
import { type HandOverServer, newHandOverAddress, serveHandOver } from './hand-over.ts'
import { inUse, OwnerLock } from './owner-lock.ts'

/** What an application holds of a project that it has open. */
export interface ProjectClaim {
  /** Takes over runs of commands from now on. Where the system has no sockets, commands are told that the project is in use. */
  serve(handlers: Handlers<HandOverContract>): Promise<void>
  stopServing(): Promise<void>
  release(): Promise<void>
}

/**
 * Claims a project for this application.
 * @throws LogiDataError `project.in-use` if another has it
 */
export async function claimProject(root: string, application: string): Promise<ProjectClaim> {
  const address = newHandOverAddress(root)
  const got = await OwnerLock.take(root, { application, ...address }).catch((thrown: unknown) => {
    // A folder that cannot be written needs no claim: nothing can be run in it, which the run history says.
    if (thrown instanceof LogiDataError && thrown.info.kind === 'operational') return undefined
    throw thrown
  })
  if (got && !(got instanceof OwnerLock)) throw inUse(projectName(root), got.taken)
  let server: HandOverServer | undefined
  const stopServing = async () => {
    await server?.close()
    server = undefined
  }
  return {
    async serve(handlers) {
      if (got) server = await serveHandOver(address, handlers).catch(() => undefined)
    },
    stopServing,
    async release() {
      await stopServing()
      got?.release()
    },
  }
}
