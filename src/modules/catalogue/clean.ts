import type { Module } from '../kit/contract.ts'
import { clean } from '../transformers/clean/implementation.ts'
import { fill } from '../transformers/fill/implementation.ts'

/** In the order of the palette. */
export const cleanModules: readonly Module[] = [clean, fill]
