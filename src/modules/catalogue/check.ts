import type { Module } from '../kit/contract.ts'
import { validate } from '../transformers/validate/implementation.ts'

/** In the order of the palette. */
export const checkModules: readonly Module[] = [validate]
