import { z } from 'zod'
import type {
  BrowseEntry,
  ConnectorInfo,
  Diagnosis,
  ResolvedConnection,
  SecretField,
} from '../../shared/connections/connection.ts'
import { userError } from '../../shared/errors.ts'
import type { Text } from '../../shared/modules/descriptor.ts'
import { configSchema, formFields } from './module-info.ts'

/** What a connector's `descriptor.ts` exports: data about a kind of system, no driver. */
export interface ConnectorDescriptor<Settings extends z.ZodType = z.ZodType> {
  /** Of the connection's `type`, and of its modules' `connector`. */
  readonly type: string
  readonly title: Text
  readonly summary: Text
  readonly documentation: Text
  readonly icon: string
  readonly keywords?: readonly string[]
  /** Strict: an unknown key is an error that names it. Nothing secret is in it. */
  readonly settings: Settings
  readonly secrets: readonly SecretField[]
  readonly defaultSettings: Record<string, unknown>
  /** See `ConnectorInfo`. */
  readonly audience: readonly string[]
}

/** A kind of system that connections lead to: `src/modules/connectors/NAME/connector.ts`. */
export interface Connector<Settings extends z.ZodType = z.ZodType> {
  readonly descriptor: ConnectorDescriptor<Settings>
  /**
   * Tries the connection step by step; what fails is a step of the answer, not an exception.
   * @throws LogiDataError `cancelled`
   */
  readonly test: (connection: ResolvedConnection, context: ConnectorContext) => Promise<Diagnosis>
  /** What is directly below a path (empty: the root). Must ask for no more than that. @throws LogiDataError */
  readonly browse?: (
    connection: ResolvedConnection,
    path: readonly string[],
    context: ConnectorContext,
  ) => Promise<readonly BrowseEntry[]>
}

export interface ConnectorContext {
  /** Absolute folder of the project, where certificates are found. */
  readonly projectRoot: string
  readonly signal: AbortSignal
}

interface Listed {
  readonly descriptor: ConnectorDescriptor
  readonly browses: boolean
}

/** A connector as data. */
export function toConnectorInfo({ descriptor, browses }: Listed): ConnectorInfo {
  const { keywords = [], secrets, settings, audience, ...rest } = descriptor
  return {
    type: rest.type,
    title: rest.title,
    summary: rest.summary,
    documentation: rest.documentation,
    icon: rest.icon,
    keywords: [...keywords],
    fields: formFields(settings),
    secrets: [...secrets],
    settingsSchema: configSchema(settings),
    defaultSettings: rest.defaultSettings as ConnectorInfo['defaultSettings'],
    audience: [...audience],
    browses,
  }
}

/** The settings of a connection as its connector's schema has them. @throws LogiDataError `connection.invalid`, naming the setting */
export function settingsOf<Settings extends z.ZodType>(
  descriptor: ConnectorDescriptor<Settings>,
  connection: ResolvedConnection,
): z.output<Settings> {
  if (connection.type !== descriptor.type)
    throw userError(
      'connection.other-type',
      `“${connection.name}” is a connection of type ${connection.type}; this step needs ${descriptor.type}.`,
      { field: ['connection'], hint: 'Choose another connection.' },
    )
  const parsed = descriptor.settings.safeParse(connection.settings)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : ''
  throw userError(
    'connection.invalid',
    `The connection “${connection.name}” is not right: ${where}${issue?.message}.`,
    {
      field: ['connection'],
      hint: 'Open it under Connections and mend it.',
    },
  )
}

/** The config field that names a connection. @param types connectors that will do; the form offers their connections */
export const connectionField = (...types: readonly string[]) =>
  z
    .string()
    .min(1)
    .meta({
      form: {
        title: { en: 'Connection', fr: 'Connexion' },
        control: 'connection',
        connectors: types,
      },
    })
