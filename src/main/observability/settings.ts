import type { Sink } from './background-sender.ts'

export interface ObservabilitySettings {
  readonly openLineage: { readonly sinks: readonly Sink[]; readonly namespace: string | undefined }
  readonly traces: { readonly sinks: readonly Sink[]; readonly service: string }
}

/**
 * Where runs are reported to, from the environment, by the names that OpenLineage and OpenTelemetry gave these variables. Nothing is sent
 * anywhere unless one of them is set.
 */
export function observabilitySettings(env: Readonly<Record<string, string | undefined>>): ObservabilitySettings {
  return {
    openLineage: {
      sinks: isTrue(env.OPENLINEAGE_DISABLED)
        ? []
        : [
            ...url(env.OPENLINEAGE_URL, env.OPENLINEAGE_ENDPOINT ?? 'api/v1/lineage', bearer(env.OPENLINEAGE_API_KEY)),
            ...file(env.LOGIDATA_OPENLINEAGE_FILE),
          ],
      namespace: env.OPENLINEAGE_NAMESPACE,
    },
    traces: {
      sinks: isTrue(env.OTEL_SDK_DISABLED)
        ? []
        : [
            ...(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
              ? url(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, '', headers(env.OTEL_EXPORTER_OTLP_HEADERS))
              : url(env.OTEL_EXPORTER_OTLP_ENDPOINT, 'v1/traces', headers(env.OTEL_EXPORTER_OTLP_HEADERS))),
            ...file(env.LOGIDATA_TRACES_FILE),
          ],
      service: env.OTEL_SERVICE_NAME ?? 'logidata-studio',
    },
  }
}

const isTrue = (text: string | undefined): boolean => text?.toLowerCase() === 'true'
const file = (path: string | undefined): Sink[] => (path ? [{ file: path }] : [])
const bearer = (key: string | undefined): Record<string, string> => (key ? { authorization: `Bearer ${key}` } : {})

function url(base: string | undefined, path: string, given: Record<string, string>): Sink[] {
  if (!base) return []
  const whole = path === '' ? base : `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`
  return /^https?:\/\//.test(whole) && URL.canParse(whole) ? [{ url: whole, headers: given }] : []
}

/** `name=value,name=value`, percent-encoded. */
function headers(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair): [string, string][] => {
    const separator = pair.indexOf('=')
    if (separator < 1) return []
    const value = pair.slice(separator + 1).trim()
    try {
      return [[pair.slice(0, separator).trim(), decodeURIComponent(value)]]
    } catch {
      return [[pair.slice(0, separator).trim(), value]]
    }
  })
  return Object.fromEntries(pairs)
}
