import { pathToFileURL } from 'node:url'
import { Datasets } from '../../shared/lineage/datasets.ts'
import type { DocumentLineage } from '../../shared/lineage/types.ts'
import type { RunDetail, RunRequest } from '../../shared/runs/history.ts'
import { BackgroundSender } from './background-sender.ts'
import { lastEventType, type OpenLineageEventType, openLineageRunEvent } from './run-events.ts'
import { runTrace } from './run-traces.ts'
import { observabilitySettings } from './settings.ts'

export interface RunObserverOptions {
  readonly projectRoot: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Asked for only where something is sent. */
  readonly lineage: (request: RunRequest) => Promise<DocumentLineage | undefined>
  readonly log?: (message: string) => void
}

const CLOSING_MILLISECONDS = 2_000
/** Of what is reported, not of the application. */
const VERSION = '1'

/**
 * Tells OpenLineage and OpenTelemetry of runs, where the environment names a place for it. Everything happens in the background: a
 * run is neither held up nor harmed, whatever happens here.
 */
export class RunObserver {
  readonly #options: RunObserverOptions
  readonly #namespace: string
  readonly #service: string
  readonly #events: readonly BackgroundSender[]
  readonly #traces: readonly BackgroundSender[]
  /** Of runs that go: their lineage, and that what was said of them was said in order. */
  readonly #known = new Map<string, { lineage: Promise<DocumentLineage | undefined>; told: Promise<void> }>()

  readonly #telling = new Set<Promise<void>>()

  private constructor(options: RunObserverOptions) {
    const { openLineage, traces } = observabilitySettings(options.environment)
    const sender = (sink: ConstructorParameters<typeof BackgroundSender>[0]['sink']) =>
      new BackgroundSender({ sink, ...(options.log ? { log: options.log } : {}) })
    this.#options = options
    this.#namespace = openLineage.namespace ?? pathToFileURL(options.projectRoot).href
    this.#service = traces.service
    this.#events = openLineage.sinks.map(sender)
    this.#traces = traces.sinks.map(sender)
  }

  /** Undefined where nothing is to be told to anybody. */
  static create(options: RunObserverOptions): RunObserver | undefined {
    const { openLineage, traces } = observabilitySettings(options.environment)
    return openLineage.sinks.length + traces.sinks.length > 0 ? new RunObserver(options) : undefined
  }

  /** An attempt of a run has begun. Never throws. */
  started(detail: RunDetail): void {
    this.#guarded(() => {
      if (this.#events.length === 0) return
      this.#event('START', detail, undefined)
      const lineage = this.#options.lineage(detail.request).catch(() => undefined)
      const told = this.#following(async () => {
        const found = await lineage
        if (found) this.#event('RUNNING', detail, found)
      })
      this.#known.set(detail.run.runId, { lineage, told })
    })
  }

  /** A run has ended, for now or for good. Never throws. */
  ended(detail: RunDetail): void {
    this.#guarded(() => {
      for (const sender of this.#traces) sender.send(runTrace(detail, this.#namespace, this.#service, VERSION))
      const type = lastEventType(detail)
      const known = this.#known.get(detail.run.runId)
      this.#known.delete(detail.run.runId)
      if (type === undefined || this.#events.length === 0) return
      void this.#following(async () => {
        await known?.told
        this.#event(type, detail, await known?.lineage)
      })
    })
  }

  /** Sends what waits, for a short time at most. */
  async close(): Promise<void> {
    // An engine that does not answer any more must not keep the application from ending.
    const late = new Promise((resolve) => setTimeout(resolve, CLOSING_MILLISECONDS).unref())
    await Promise.race([Promise.all(this.#telling), late])
    await Promise.all([...this.#events, ...this.#traces].map((sender) => sender.close(CLOSING_MILLISECONDS)))
  }

  #following(work: () => Promise<void>): Promise<void> {
    const going = work()
      .catch(() => undefined)
      .finally(() => this.#telling.delete(going))
    this.#telling.add(going)
    return going
  }

  #event(eventType: OpenLineageEventType, detail: RunDetail, lineage: DocumentLineage | undefined): void {
    this.#guarded(() => {
      const datasets =
        lineage && new Datasets([{ path: detail.run.path, name: detail.run.path, lineage }], { wholeFolders: true })
      const event = openLineageRunEvent({
        eventType,
        eventTime: new Date().toISOString(),
        detail,
        namespace: this.#namespace,
        ...(lineage && datasets ? { lineage: { lineage, datasets } } : {}),
      })
      for (const sender of this.#events) sender.send(event)
    })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (thrown) {
      this.#options.log?.(`A run was not reported: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    }
  }
}
