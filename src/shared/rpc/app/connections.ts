import { z } from 'zod'
import {
  browseEntrySchema,
  connectionSchema,
  connectorInfoSchema,
  diagnosisSchema,
} from '../../connections/connection.ts'
import { problemSchema } from '../../engine/types.ts'
import { nodeIdSchema } from '../../pipeline/document.ts'
import { call } from '../contract.ts'
import { draftSchema } from './drafts.ts'

/** Secret -> what a person typed. It goes to the keychain or the vault, and never comes back. */
const typedSecretsSchema = z.record(z.string(), z.string())

/** `stale`: stored for another place than the settings lead to now. */
const secretStatesSchema = z.array(z.object({ name: z.string(), state: z.enum(['stored', 'missing', 'stale']) }))

/** One that some connection has settings for; null: the settings as they are everywhere else. Absent: the one that was chosen. */
const environmentSchema = nodeIdSchema.nullable().optional()

export const listedConnectionSchema = connectionSchema.extend({
  name: z.string(),
  /** In the chosen environment. Absent where the store did not answer. */
  secrets: secretStatesSchema.optional(),
  /** In the environments that have settings of their own, and without one (null). */
  secretsIn: z.array(z.object({ environment: nodeIdSchema.nullable(), secrets: secretStatesSchema })).optional(),
})
export type ListedConnection = z.infer<typeof listedConnectionSchema>

export const secretStoreSchema = z.object({
  /** Where secrets are kept; `none`: there is no keychain that answers, and no vault was made. */
  kind: z.enum(['keychain', 'vault', 'none']),
  locked: z.boolean(),
  /** Why the keychain does not answer. */
  reason: z.string().optional(),
})
export type SecretStoreState = z.infer<typeof secretStoreSchema>

export const environmentsSchema = z.object({
  /** All that some connection has settings for. */
  environments: z.array(z.string()),
  /** In which pipelines run; absent: the settings as they are. */
  environment: z.string().optional(),
})
export type Environments = z.infer<typeof environmentsSchema>

export const connectionsSchema = environmentsSchema.extend({
  connections: z.array(listedConnectionSchema),
  /** What is wrong in `connections.yaml`. */
  problems: z.array(problemSchema),
  store: secretStoreSchema,
})
export type ConnectionsState = z.infer<typeof connectionsSchema>

/** The project's connections. */
export const connectionContract = {
  'connection.kinds': call('read', z.object({}), z.array(connectorInfoSchema)),
  'connection.list': call('read', z.object({}), connectionsSchema),
  /** Without a look at the secrets: no keychain is opened for it. */
  'connection.environments': call('read', z.object({}), environmentsSchema),
  'connection.save': call(
    'write',
    z.object({
      name: nodeIdSchema,
      /** Its name until now, where it had another one. Pipelines that name it are not changed. */
      was: nodeIdSchema.optional(),
      connection: connectionSchema,
      secrets: typedSecretsSchema.default({}),
      /** Of the secrets. */
      environment: environmentSchema,
    }),
    connectionsSchema,
  ),
  /** With its secrets. */
  'connection.remove': call('write', z.object({ name: nodeIdSchema }), connectionsSchema),
  'connection.forgetSecret': call('write', z.object({ name: nodeIdSchema, secret: z.string() }), connectionsSchema),
  /** What is saved, or with `connection` what is about to be. */
  'connection.test': call(
    'read',
    z.object({
      name: nodeIdSchema,
      connection: connectionSchema.optional(),
      secrets: typedSecretsSchema.default({}),
      environment: environmentSchema,
    }),
    diagnosisSchema,
  ),
  'connection.browse': call(
    'read',
    z.object({ name: nodeIdSchema, path: z.array(z.string()).default([]) }),
    z.array(browseEntrySchema),
  ),
  'connection.setEnvironment': call('write', z.object({ environment: nodeIdSchema.optional() }), connectionsSchema),
  /** Makes an encrypted file for secrets, where a person chose that over a keychain. */
  'vault.create': call('write', z.object({ passphrase: z.string() }), connectionsSchema),
  'vault.unlock': call('write', z.object({ passphrase: z.string() }), connectionsSchema),
  'vault.lock': call('write', z.object({}), connectionsSchema),
  /** Asks the source of a step anew. */
  'source.refresh': call('read', draftSchema.extend({ nodeId: z.string() }), z.object({})),
} as const
