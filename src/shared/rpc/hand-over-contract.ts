import { z } from 'zod'
import { runContract } from './app/runs.ts'
import { call } from './contract.ts'

/** Between a command and the application that owns the project: the command's runs go into its queue. */
export const handOverContract = {
  ...runContract,
  'run.start': call(
    'run',
    runContract['run.start'].input.extend({
      /** Variables that the command grants, with the values it has. They are not written down. */
      env: z.record(z.string(), z.string()),
    }),
    runContract['run.start'].output,
  ),
} as const
export type HandOverContract = typeof handOverContract
