import type { AppContract } from '../shared/rpc/app-contract.ts'
import type { RpcClient } from '../shared/rpc/contract.ts'
import { isDesktop, openDesktopPort } from './connection/desktop-port.ts'
import { createReconnectingClient } from './connection/reconnecting-client.ts'
import { openSocket } from './connection/socket-transport.ts'

export type Api = RpcClient<AppContract>

const connection = createReconnectingClient(isDesktop() ? openDesktopPort : openSocket)

/** The application behind the window. A call made while the connection is away waits for it to return. */
export const api: Api = connection.client

export const onConnectionChange = connection.onChange
