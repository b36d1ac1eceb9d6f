import { useEffect, useState } from 'react'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { api } from '../api.ts'
import type { Config } from './form-model.ts'

/** After the last key, before the file is looked at again. */
const PAUSE = 250

/**
 * What an extract decides about its file where the config leaves it open: the config with all of that spelt out. Undefined
 * until it is known, and where the file cannot be read (which the node's problems tell).
 */
export function useDetection(nodeType: string, config: Config | undefined, failed: boolean): Config | undefined {
  const [found, setFound] = useState<{ readonly key: string; readonly config: Config }>()
  const { path } = config ?? {}
  const wanted = nodeType.startsWith('extract.') && typeof path === 'string' && path !== '' && !failed
  const key = wanted ? `${nodeType} ${JSON.stringify(config)}` : undefined

  // The key says all that the config does, and changes only with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (key === undefined || !config) return
    const mine = new AbortController()
    const timer = setTimeout(() => {
      api.call('file.detect', { type: nodeType, config: { ...config } }, { signal: mine.signal }).then(
        (detection) => setFound({ key, config: detection.config as Record<string, JsonValue> }),
        () => setFound(undefined),
      )
    }, PAUSE)
    return () => {
      clearTimeout(timer)
      mine.abort()
    }
  }, [key])
  // While a newer answer is on its way the older one stays, so that nothing flickers.
  return wanted ? found?.config : undefined
}
