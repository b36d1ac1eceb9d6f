import type { ConnectorInfo } from '../../shared/connections/connection.ts'
import { type Connector, type ConnectorDescriptor, toConnectorInfo } from '../kit/connector.ts'
import { httpDescriptor } from './http/descriptor.ts'
import { mongodbDescriptor } from './mongodb/descriptor.ts'
import { mysqlDescriptor } from './mysql/descriptor.ts'
import { postgresDescriptor } from './postgres/descriptor.ts'
import { s3Descriptor } from './s3/descriptor.ts'
import { sftpDescriptor } from './sftp/descriptor.ts'

interface Entry {
  readonly descriptor: ConnectorDescriptor
  /** Drivers are large: they are loaded when somebody connects. */
  readonly load: () => Promise<Connector>
  readonly browses: boolean
}

/** Every kind of system that connections lead to, in the order in which they are offered. */
const entries: readonly Entry[] = [
  {
    descriptor: mysqlDescriptor,
    load: async () => (await import('./mysql/connector.ts')).mysqlConnector,
    browses: true,
  },
  {
    descriptor: mongodbDescriptor,
    load: async () => (await import('./mongodb/connector.ts')).mongodbConnector,
    browses: true,
  },
  {
    descriptor: httpDescriptor,
    load: async () => (await import('./http/connector.ts')).httpConnector,
    browses: false,
  },
  {
    descriptor: postgresDescriptor,
    load: async () => (await import('./postgres/connector.ts')).postgresConnector,
    browses: true,
  },
  {
    descriptor: s3Descriptor,
    load: async () => (await import('./s3/connector.ts')).s3Connector,
    browses: true,
  },
  {
    descriptor: sftpDescriptor,
    load: async () => (await import('./sftp/connector.ts')).sftpConnector,
    browses: true,
  },
]

export const connectorInfos = (): ConnectorInfo[] => entries.map(toConnectorInfo)

/** @example await connectorOf('postgres') */
export async function connectorOf(type: string): Promise<Connector | undefined> {
  return entries.find(({ descriptor }) => descriptor.type === type)?.load()
}
