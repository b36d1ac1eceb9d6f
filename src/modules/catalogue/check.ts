import type { Module } from '../kit/contract.ts'
import { assertStep } from '../transformers/assert/implementation.ts'
import { contract } from '../transformers/contract/implementation.ts'
import { validate } from '../transformers/validate/implementation.ts'

/** In the order of the palette. */
export const checkModules: readonly Module[] = [validate, assertStep, contract]
