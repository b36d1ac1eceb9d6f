import { checkHook } from '../checks/check-hook.ts'
import type { RunHook } from './context.ts'

/** The hooks of every run, in the order in which they are called. */
export const RUN_HOOKS: readonly RunHook[] = [checkHook]
