import type { PipelineDocument } from './document.ts'
import { SUB_PIPELINE } from './sub-pipeline.ts'

/** Whether an extract of it, or of a pipeline inside, may read over a connection. */
export const readsConnections = (document: PipelineDocument | undefined): boolean =>
  Object.values(document?.nodes ?? {}).some(
    ({ type, config }) =>
      type === SUB_PIPELINE || (type.startsWith('extract.') && typeof config?.connection === 'string'),
  )
