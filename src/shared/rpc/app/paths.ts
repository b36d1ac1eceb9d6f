import { z } from 'zod'

/** A pipeline file’s path, relative to the project, with `/`. */
export const pathSchema = z.string().min(1)
