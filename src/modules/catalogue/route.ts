import { inputExtract } from '../extractors/input/implementation.ts'
import type { Module } from '../kit/contract.ts'
import { outputStep } from '../transformers/output/implementation.ts'
import { pipelineStep } from '../transformers/pipeline/implementation.ts'
import { script } from '../transformers/script/implementation.ts'
import { sqlStep } from '../transformers/sql/implementation.ts'
import { switchStep } from '../transformers/switch/implementation.ts'

/** In the order of the palette. */
export const routeModules: readonly Module[] = [switchStep, pipelineStep, inputExtract, outputStep, script, sqlStep]
