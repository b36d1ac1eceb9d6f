import type { MessagePort, Worker } from 'node:worker_threads'
import type { Endpoint } from 'comlink'
import adapt from 'comlink/dist/esm/node-adapter.mjs'

/** Node's ports speak in events of their own; comlink's adapter translates. */
export const nodeEndpoint = (port: MessagePort | Worker): Endpoint => adapt(port)
