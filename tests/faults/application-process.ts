import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Request } from './protocol.ts'

const PROGRAM = fileURLToPath(new URL('application.ts', import.meta.url))
const PATIENCE_MILLISECONDS = 120_000

export interface ApplicationOptions {
  /** In units of 1024 bytes: no file may grow beyond it, as on a disk that is full. */
  readonly fileLimit?: number | undefined
  /** Modules that are loaded before the application. */
  readonly preload?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The user, and group, whose process it is: permissions stop everybody but root. */
  readonly uid?: number | undefined
}

/** An application in a process of its own, to be killed. */
export class ApplicationProcess {
  readonly child: ChildProcess
  readonly answers: Answer[] = []
  readonly #hear = new Set<(answer: Answer) => void>()
  readonly #exited: Promise<void>
  /** The last that was heard of. */
  enginePid: number | undefined
  hasExited = false
  stderr = ''

  constructor(projectRoot: string, options: ApplicationOptions = {}) {
    const preload = (options.preload ?? []).flatMap((path) => ['--import', path])
    const args = [...preload, PROGRAM, projectRoot]
    const limited = options.fileLimit !== undefined
    // The limit's signal is ignored, so that a write beyond it fails as it does on a full disk.
    const shell = ['-c', `trap '' XFSZ; ulimit -f ${options.fileLimit}; exec "$@"`, 'bash', process.execPath, ...args]
    this.child = spawn(limited ? 'bash' : process.execPath, limited ? shell : args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...options.env },
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    })
    this.child.stderr?.on('data', (text: Buffer) => {
      this.stderr += text.toString()
    })
    this.#exited = new Promise((resolve) => {
      this.child.on('exit', () => {
        this.hasExited = true
        resolve()
      })
    })
    this.child.on('message', (answer: Answer) => {
      if (answer.kind === 'accepted' || answer.kind === 'engine')
        this.enginePid = answer.kind === 'engine' ? answer.pid : answer.engine
      if (answer.kind !== 'preview') this.answers.push(answer)
      for (const hear of this.#hear) hear(answer)
    })
  }

  /** Opens a project and waits until it is open. */
  static async open(projectRoot: string, options: ApplicationOptions = {}): Promise<ApplicationProcess> {
    const application = new ApplicationProcess(projectRoot, options)
    await application.heard('open')
    return application
  }

  listen(hear: (answer: Answer) => void): void {
    this.#hear.add(hear)
  }

  ask(request: Request): void {
    // One that has just been killed says so by its exit.
    if (this.child.connected) this.child.send(request, () => {})
  }

  /** The next answer of a kind that has not been taken yet. @throws Error if the application ends before, or does not answer */
  async heard<K extends Answer['kind']>(...kinds: readonly K[]): Promise<Extract<Answer, { kind: K }>> {
    const isMeant = (answer: Answer): answer is Extract<Answer, { kind: K }> =>
      (kinds as readonly string[]).includes(answer.kind)
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        this.#hear.delete(look)
      }
      const look = () => {
        const index = this.answers.findIndex(isMeant)
        const [answer] = index < 0 ? [] : this.answers.splice(index, 1)
        if (answer === undefined || !isMeant(answer)) return false
        done()
        resolve(answer)
        return true
      }
      const fail = (why: string) => {
        done()
        reject(
          new Error(
            `${why} while ${kinds.join(' or ')} was waited for${this.stderr ? `: ${this.stderr.slice(-500)}` : ''}`,
          ),
        )
      }
      const timer = setTimeout(() => fail('the application did not answer'), PATIENCE_MILLISECONDS)
      if (look()) return
      this.#hear.add(look)
      void this.#exited.then(() => fail('the application ended'))
    })
  }

  /** Runs a pipeline, or takes one up again, to its end. */
  async toTheEnd(request: Extract<Request, { kind: 'run' | 'resume' }>) {
    this.ask(request)
    const accepted = await this.heard('accepted', 'refused')
    if (accepted.kind === 'refused') return { runId: '', state: 'refused', error: accepted.error }
    return this.heard('ended')
  }

  /** As `kill -9` does. */
  async kill(which: 'application' | 'engine' | 'both'): Promise<void> {
    if (which !== 'application' && this.enginePid !== undefined) killNow(this.enginePid)
    if (which === 'engine') return
    this.child.kill('SIGKILL')
    await this.#exited
  }

  async close(): Promise<void> {
    if (this.hasExited) return
    this.ask({ kind: 'close' })
    const force = setTimeout(() => this.child.kill('SIGKILL'), 15_000)
    await this.#exited
    clearTimeout(force)
  }
}

export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}
