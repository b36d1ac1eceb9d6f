import type { Module } from '../kit/contract.ts'
import { conditionStep } from '../transformers/condition/implementation.ts'
import { formula } from '../transformers/formula/implementation.ts'

/** In the order of the palette. */
export const computeModules: readonly Module[] = [formula, conditionStep]
