import { postgresToS3 } from './postgres-to-s3.ts'
import type { Template } from './template.ts'

/** In the order in which they are offered. */
export const templates: readonly Template[] = [postgresToS3]
