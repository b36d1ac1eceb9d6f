import type { PipelineDocument } from '../../shared/pipeline/document.ts'

const PLACEHOLDER = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g

/**
 * The variables that a pipeline asks for and may have: those named `LOGIDATA_…`, and those a person granted by name. A pipeline
 * from somebody else must not learn the rest (`AWS_SECRET_ACCESS_KEY`) by asking.
 */
export function grantedEnvironment(
  document: PipelineDocument,
  grants: ReadonlySet<string>,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const granted: Record<string, string> = {}
  for (const [, name = ''] of JSON.stringify(document.nodes).matchAll(PLACEHOLDER)) {
    const value = environment[name]
    if (value !== undefined && (name.startsWith('LOGIDATA_') || grants.has(name))) granted[name] = value
  }
  return granted
}
