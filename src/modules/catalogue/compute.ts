import type { Module } from '../kit/contract.ts'
import { formula } from '../transformers/formula/implementation.ts'

/** In the order of the palette. */
export const computeModules: readonly Module[] = [formula]
