// The engine's process with its clock set back by two days.
import './clock-back.ts'

await import('../../src/workers/engine-process.ts')
