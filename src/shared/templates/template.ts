import type { Connection } from '../connections/connection.ts'
import type { Text } from '../modules/descriptor.ts'
import type { PipelineDocument } from '../pipeline/document.ts'

/** A pipeline to begin with, and the connections that it needs. */
export interface Template {
  readonly id: string
  readonly title: Text
  /** What it does, and what to change. */
  readonly summary: Text
  readonly document: PipelineDocument
  /** Added to the project where it has none of that name; a person fills in the rest, and the secrets. */
  readonly connections: Readonly<Record<string, Connection>>
}
