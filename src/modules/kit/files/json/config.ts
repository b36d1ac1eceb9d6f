import { z } from 'zod'
import { compressionField, depthField, recordFields } from '../records/config.ts'
import { sourcePath } from '../source.ts'

/** What `extract.json` and `extract.ndjson` share. */
export const jsonFields = {
  path: sourcePath('data/orders.json'),
  ...recordFields,
  max_depth: depthField,
  compression: compressionField,
}

export const jsonConfigSchema = z.strictObject(jsonFields)
export type JsonConfig = z.output<typeof jsonConfigSchema>
